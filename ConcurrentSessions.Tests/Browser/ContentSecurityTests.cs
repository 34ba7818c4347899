using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

/// <summary>The browser itself says when a page breaks the security policy; AppearanceTests open every page, these what pages open.</summary>
[Trait("Check", "S41")]
public sealed class ContentSecurityTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Root = "root@portal.example";
    private const string Ada = "ada@portal.example";
    private const string Markup = "<img src=x onerror=\"document.title='x'\"><script>document.title='x'</script>\"'>{{7*7}}";

    private readonly List<string> complaints = [];

    [Fact]
    public async Task Dialogs_menus_notices_and_moving_between_pages_break_no_rule_of_the_policy()
    {
        await Portal.AddUserAsync(Root, Roles.Admin, Roles.User);
        var ada = await Portal.AddUserAsync(Ada);
        await Portal.SignedInAsync(Ada, UserAgents.Windows);
        var page = await ListenedToAsync();
        await page.GoAsync("/Account/Login");
        await page.Button("Dark theme").ClickAsync();
        await page.SignInAsync(Root);
        await page.InteractiveAsync();
        await page.ButtonOf("Chrome on Linux", "Rename").ClickAsync();
        await page.Field("Device name").FillAsync("Kitchen laptop");
        await page.Button("Save").ClickAsync();
        await Expect(page.Session("Kitchen laptop")).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".mud-snackbar")).ToBeVisibleAsync();

        await page.OpenAsync("/admin/audit");
        await page.Page.Locator(".mud-select").First.ClickAsync();
        await Expect(page.Page.Locator(".mud-popover-open")).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await page.OpenAsync($"/admin/users/{ada.Id}");
        await page.Button("Disable").ClickAsync();
        await Expect(page.Dialog).ToBeVisibleAsync();
        await page.Dialog.GetByRole(AriaRole.Button, new() { Name = "Disable", Exact = true }).ClickAsync();
        await Expect(page.Dialog).ToHaveCountAsync(0);
        await page.OpenAsync("/admin/roles");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Edit" }).First.ClickAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Account", Exact = true }).ClickAsync();
        await Expect(page.Page).ToHaveURLAsync(Portal.Address + "/Account/Manage");
        await Expect(page.Page.GetByRole(AriaRole.Navigation, new() { Name = "Your account" })).ToBeVisibleAsync();
        await page.SettledAsync();
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Your sessions", Exact = true }).ClickAsync();
        await Expect(page.Session("Kitchen laptop")).ToBeVisibleAsync();
        Assert.Empty(complaints);
    }

    [Fact]
    [Trait("Check", "S23")]
    public async Task Markup_from_outside_is_text_wherever_it_is_shown()
    {
        await Portal.AddUserAsync(Root, Roles.Admin, Roles.User);
        var ada = await Portal.AddUserAsync(Ada);
        await Portal.SignedInAsync(Ada, "Mozilla/5.0 (X11; Linux x86_64) " + Markup);
        await Portal.InDatabaseAsync(db => db.Devices.ExecuteUpdateAsync(set => set.SetProperty(d => d.GivenName, Markup.Substring(0, 64))));
        using (var guesser = new HttpClient { BaseAddress = new(Portal.Address) })
        {
            await guesser.GetAsync("/Account/Login?ReturnUrl=" + Uri.EscapeDataString(Markup));
        }

        var page = await ListenedToAsync();
        await page.SignInAsync(Root);
        foreach (var path in new[] { "/sessions", "/sessions/history", "/admin", "/admin/sessions", "/admin/users", $"/admin/users/{ada.Id}", "/admin/audit", "/admin/users?q=" + Uri.EscapeDataString(Markup), "/Account/Login?ReturnUrl=" + Uri.EscapeDataString(Markup) })
        {
            await page.GoAsync(path);
            await page.SettledAsync();
            Assert.NotEqual("x", await page.Page.TitleAsync());
            await Expect(page.Page.Locator("img[src=x]")).ToHaveCountAsync(0);
        }

        await page.OpenAsync($"/admin/users/{ada.Id}");
        await Expect(page.Page.GetByText("<img src=x onerror=").First).ToBeVisibleAsync();
        Assert.Empty(complaints);
    }

    private async Task<PortalPage> ListenedToAsync()
    {
        var page = await Portal.NewBrowserAsync();
        page.Page.Console += (_, message) => Note(message.Type is "error" or "warning", message.Text);
        page.Page.PageError += (_, error) => Note(true, error);
        page.Page.Request += (_, request) => Note(!request.Url.StartsWith(Portal.Address, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal), request.Url);
        return page;

        void Note(bool isComplaint, string text)
        {
            if (isComplaint)
            {
                complaints.Add($"{page.Page.Url}: {text}");
            }
        }
    }
}
