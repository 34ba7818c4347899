using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

public sealed class AdministrationTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Root = "root@portal.example";
    private const string Ada = "ada@portal.example";

    [Fact]
    [Trait("Check", "S07")]
    public async Task The_open_page_of_a_disabled_user_leaves_and_names_an_administrator()
    {
        var (panel, page) = await PanelAsync(Roles.User);
        await panel.Button("Disable").ClickAsync();
        await panel.Dialog.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Disable", Exact = true }).ClickAsync();
        await page.HasLeftAsync("Your account was disabled or locked. Ask an administrator.");
        Assert.False(await page.IsSignedInAsync());
        await page.SubmitSignInAsync(Ada);
        await Expect(page.Alert).ToContainTextAsync("Email or password is wrong.");
    }

    [Fact]
    [Trait("Check", "S07")]
    public async Task The_open_page_of_a_user_signed_out_everywhere_leaves_and_names_an_administrator()
    {
        var (panel, page) = await PanelAsync(Roles.User);
        await panel.Button("Sign out everywhere").ClickAsync();
        await panel.Dialog.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Sign out everywhere", Exact = true }).ClickAsync();
        await page.HasLeftAsync("An administrator ended this session.");
        await Expect(page.Page.GetByText(Root)).ToHaveCountAsync(0);
        await Expect(panel.Page.GetByText("No active sessions.")).ToBeVisibleAsync();
    }

    [Fact]
    [Trait("Check", "S08")]
    public async Task An_open_panel_closes_when_its_administrator_is_one_no_more()
    {
        var (panel, page) = await PanelAsync(Roles.Admin);
        await page.OpenAsync("/admin/users");
        await Expect(page.Page.GetByText(Root).First).ToBeVisibleAsync();
        await panel.Field("Role Admin").ClickAsync();
        await panel.Button("Revoke Admin").ClickAsync();
        await Expect(page.Page).ToHaveURLAsync(Portal.Address + "/Account/AccessDenied", new() { Timeout = 5_000 });
        await Expect(page.Page.GetByText(Root)).ToHaveCountAsync(0);
        var revoked = Assert.Single(await Portal.AuditAsync(AuditNames.RoleRevoked));
        Assert.Equal((await Portal.UserAsync(Root)).Id, revoked.ActorId);
        await page.GoAsync("/admin/users");
        await Expect(page.Page).ToHaveURLAsync(Portal.Address + "/Account/AccessDenied");
        Assert.Single(await Portal.AuditAsync(AuditNames.AccessRefused), e => e.Reason!.EndsWith("GET /admin/users", StringComparison.Ordinal));
    }

    /// <summary>An administrator who looks at Ada, and Ada's own browser.</summary>
    private async Task<(PortalPage Panel, PortalPage Page)> PanelAsync(string role)
    {
        await Portal.AddUserAsync(Root, Roles.Admin);
        var ada = await Portal.AddUserAsync(Ada, Roles.User, role);
        var page = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        return (await Portal.SignedInAsync(Root, path: $"/admin/users/{ada.Id}"), page);
    }
}
