using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Support;

/// <summary>One tab, used as a person uses it: by what things are called.</summary>
public sealed class PortalPage(IPage page)
{
    /// <summary>How long a page of an ended session may stay (S04, S05).</summary>
    private const float Departure = 5_000;

    public IPage Page => page;

    public ILocator Heading(string name) => page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    public ILocator Button(string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Field(string name) => page.GetByLabel(name, new() { Exact = true });

    public ILocator Dialog => page.GetByRole(AriaRole.Dialog);

    public ILocator Alert => page.GetByRole(AriaRole.Alert);

    /// <summary>The list items of the sessions page.</summary>
    public ILocator Sessions => page.GetByRole(AriaRole.List, new() { Name = "Active sessions" }).GetByRole(AriaRole.Listitem);

    public ILocator Session(string device) => page.GetByRole(AriaRole.Listitem, new() { Name = device, Exact = true });

    public ILocator ButtonOf(string device, string name) => Session(device).GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public async Task<PortalPage> GoAsync(string path)
    {
        await page.GotoAsync(path);
        return this;
    }

    /// <summary>Goes to a page that has a circuit, and waits for the circuit.</summary>
    public async Task<PortalPage> OpenAsync(string path)
    {
        await GoAsync(path);
        return await InteractiveAsync();
    }

    public async Task SubmitSignInAsync(string email, string path = "/sessions", string password = PortalFactory.Password)
    {
        await GoAsync("/Account/Login?ReturnUrl=" + Uri.EscapeDataString(path));
        await Field("Email").FillAsync(email);
        await Field("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Main).GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
    }

    public async Task SignInAsync(string email, string path = "/sessions")
    {
        await SubmitSignInAsync(email, path);
        await Expect(page).ToHaveURLAsync(new Uri(new Uri(page.Url), path).ToString());
    }

    /// <summary>Buttons that the server has drawn can be clicked before anybody listens: waits until somebody does.</summary>
    public async Task<PortalPage> InteractiveAsync()
    {
        // The router of a circuit moves the focus there as soon as it has drawn the page.
        await Expect(page.Locator("h1[tabindex='-1']")).ToBeAttachedAsync();
        return this;
    }

    /// <summary>A page with a circuit has it, and everything has been drawn.</summary>
    public async Task SettledAsync()
    {
        if (await page.Locator("body:has(form[action='/Account/Logout']) .mud-popover-provider").CountAsync() > 0)
        {
            await InteractiveAsync();
        }

        await page.WaitForLoadStateAsync(LoadState.Load);
    }

    /// <summary>The open page has left, without a click, for the one that says what happened.</summary>
    public async Task HasLeftAsync(string because)
    {
        await Expect(page).ToHaveURLAsync(new Uri(new Uri(page.Url), "/Account/SignedOut").ToString(), new() { Timeout = Departure });
        await Expect(Heading("You are signed out")).ToBeVisibleAsync();
        await Expect(page.GetByText(because)).ToBeVisibleAsync();
    }

    public async Task<bool> IsSignedInAsync()
    {
        var response = await page.Context.APIRequest.GetAsync("/api/session");
        Assert.True(response.Status is 200 or 401, $"/api/session answered {response.Status}");
        return response.Ok;
    }
}
