using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

public sealed class EndedSessionTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Ada = "ada@portal.example";
    private const string From = "You were signed out from Chrome on Linux.";

    /// <summary>Every 5 ms clicks what is there, so that the device is renamed over and over.</summary>
    private const string Storm = """
        () => setInterval(() => {
          const named = name => [...document.querySelectorAll('button')].find(b => b.textContent.trim() === name);
          (named('Save') ?? named('Rename'))?.click();
        }, 5)
        """;

    [Fact]
    [Trait("Check", "S05")]
    public async Task Nothing_a_busy_page_clicks_after_the_end_changes_anything()
    {
        await Portal.AddUserAsync(Ada);
        var laptop = await Portal.SignedInAsync(Ada, UserAgents.Linux);
        var office = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        await office.Page.EvaluateAsync(Storm);
        await Expect(office.Page.GetByText("The device has its own name again.").First).ToBeVisibleAsync();
        await laptop.ButtonOf("Firefox on Windows 10", "Sign out").ClickAsync();
        await office.HasLeftAsync(From);
        var trail = await Portal.AuditAsync();
        Assert.Contains(trail, e => e.Name == AuditNames.DeviceRenamed);
        var end = trail.Single(e => e.Name == AuditNames.SessionEnded).Sequence;
        Assert.DoesNotContain(trail, e => e.Name == AuditNames.DeviceRenamed && e.Sequence > end);
    }

    [Fact]
    [Trait("Check", "S05")]
    public async Task A_page_that_refuses_to_leave_is_emptied_and_can_do_nothing_more()
    {
        await Portal.AddUserAsync(Ada);
        var laptop = await Portal.SignedInAsync(Ada, UserAgents.Linux);
        var office = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        await office.Page.EvaluateAsync("() => { Blazor._internal.navigationManager.navigateTo = () => {} }");
        await laptop.ButtonOf("Firefox on Windows 10", "Sign out").ClickAsync();
        await Expect(office.Sessions).ToHaveCountAsync(0, new() { Timeout = 2_500 }); // its socket is cut after 3 s
        await Expect(office.Button("Rename")).ToHaveCountAsync(0);
        await Expect(office.Page).ToHaveURLAsync(Portal.Address + "/sessions");
        Assert.False(await office.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S05")]
    public async Task All_tabs_of_an_ended_session_leave_also_those_nobody_touches()
    {
        await Portal.AddUserAsync(Ada);
        var laptop = await Portal.SignedInAsync(Ada, UserAgents.Linux);
        var office = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        var secondTab = await (await Portal.NewTabAsync(office)).OpenAsync("/");
        await laptop.ButtonOf("Firefox on Windows 10", "Sign out").ClickAsync();
        await office.HasLeftAsync(From);
        await secondTab.HasLeftAsync(From);
    }

    [Fact]
    [Trait("Check", "S05")]
    public async Task Signing_out_in_one_tab_closes_the_other()
    {
        await Portal.AddUserAsync(Ada);
        var first = await Portal.SignedInAsync(Ada);
        var second = await (await Portal.NewTabAsync(first)).OpenAsync("/");
        await first.ButtonOf("Chrome on Linux", "Sign out").ClickAsync();
        await Expect(second.Heading("Your active sessions")).ToHaveCountAsync(0);
        await Expect(second.Page).ToHaveURLAsync(Portal.Address + "/Account/SignedOut", new() { Timeout = 5_000 });
        await Expect(second.Heading("You are signed out")).ToBeVisibleAsync();
    }
}
