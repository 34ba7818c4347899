using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

public sealed class NewSignInsTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Ada = "ada@portal.example";

    [Fact]
    [Trait("Check", "S04")]
    public async Task A_strangers_sign_in_shows_on_every_open_page_at_once_takes_no_focus_and_is_ended_there()
    {
        await Portal.AddUserAsync(Ada, Roles.User, Roles.Auditor);
        var overview = await Portal.SignedInAsync(Ada, UserAgents.Linux, "/");
        var admin = await (await Portal.NewTabAsync(overview)).OpenAsync("/admin");
        await overview.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Devices", Exact = true }).FocusAsync();
        var stranger = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        foreach (var page in new[] { overview, admin })
        {
            await Expect(page.Page.GetByText("New sign-in: Firefox on Windows 10")).ToBeVisibleAsync();
        }

        await Expect(overview.Page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Devices", Exact = true })).ToBeFocusedAsync();
        await overview.Button("Sign it out").FocusAsync();
        await overview.Page.Keyboard.PressAsync("Enter");
        await Expect(admin.Page.GetByText("New sign-in")).ToHaveCountAsync(0);
        await Expect(admin.Page.GetByText("is signed out.")).ToBeVisibleAsync();
        await stranger.HasLeftAsync("You were signed out from Chrome on Linux");
        Assert.False(await stranger.IsSignedInAsync());
    }
}
