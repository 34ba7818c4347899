using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

public sealed class SigningOutElsewhereTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Ada = "ada@portal.example";

    [Fact]
    [Trait("Check", "S04")]
    public async Task Both_browsers_see_both_sessions_and_which_one_they_are()
    {
        await Portal.AddUserAsync(Ada);
        var laptop = await Portal.SignedInAsync(Ada, UserAgents.Linux);
        var office = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        await Expect(laptop.Sessions).ToHaveCountAsync(2);
        await Expect(laptop.Session("Chrome on Linux")).ToContainTextAsync("This device");
        await Expect(laptop.Session("Firefox on Windows 10")).Not.ToContainTextAsync("This device");
        await Expect(office.Sessions).ToHaveCountAsync(2);
        await Expect(office.Session("Firefox on Windows 10")).ToContainTextAsync("This device");
        await Expect(office.Session("Chrome on Linux")).Not.ToContainTextAsync("This device");
    }

    [Fact]
    [Trait("Check", "S04")]
    public async Task A_browser_signed_out_from_another_leaves_at_once_and_says_when_why_and_from_where()
    {
        await Portal.AddUserAsync(Ada);
        var laptop = await Portal.SignedInAsync(Ada, UserAgents.Linux);
        var office = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        await laptop.ButtonOf("Firefox on Windows 10", "Sign out").ClickAsync();
        await office.HasLeftAsync("You were signed out from Chrome on Linux.");
        await Expect(office.Page.GetByText("Ended", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(office.Page.Locator("dd").First).ToContainTextAsync(Portal.Clock.GetUtcNow().Year + "");
        Assert.False(await office.IsSignedInAsync());
        Assert.True(await laptop.IsSignedInAsync());
        await Expect(laptop.Sessions).ToHaveCountAsync(1);
        await Expect(laptop.Heading("Your active sessions")).ToBeVisibleAsync();
    }

    [Fact]
    [Trait("Check", "S04")]
    public async Task Signing_out_all_other_devices_asks_first_and_then_all_others_leave()
    {
        await Portal.AddUserAsync(Ada);
        await Portal.LimitAsync(Roles.User, null);
        var laptop = await Portal.SignedInAsync(Ada, UserAgents.Linux);
        PortalPage[] others =
        [
            await Portal.SignedInAsync(Ada, UserAgents.Windows),
            await Portal.SignedInAsync(Ada, UserAgents.Mac),
            await Portal.SignedInAsync(Ada, UserAgents.Phone),
        ];
        await laptop.Button("Sign out all other devices").ClickAsync();
        await Expect(laptop.Dialog).ToContainTextAsync("Safari on macOS");
        await laptop.Button("Cancel").ClickAsync();
        await Expect(laptop.Sessions).ToHaveCountAsync(4);
        await laptop.Button("Sign out all other devices").ClickAsync();
        await laptop.Button("Sign out 3 other devices").ClickAsync();
        foreach (var other in others)
        {
            await other.HasLeftAsync("You were signed out from Chrome on Linux.");
        }

        await Expect(laptop.Sessions).ToHaveCountAsync(1);
    }

    [Fact]
    [Trait("Check", "S31")]
    public async Task Signing_out_all_others_needs_a_fresh_proof_and_goes_on_after_it()
    {
        await Portal.AddUserAsync(Ada);
        var laptop = await Portal.SignedInAsync(Ada, UserAgents.Linux);
        var office = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        Portal.Clock.Advance(TimeSpan.FromMinutes(6));
        await laptop.OpenAsync("/sessions");
        await laptop.Button("Sign out all other devices").ClickAsync();
        await Expect(laptop.Heading("Confirm it's you")).ToBeVisibleAsync();
        Assert.True(await office.IsSignedInAsync());
        await laptop.Field("Password").FillAsync(PortalFactory.Password);
        await laptop.Button("Confirm").ClickAsync();
        await laptop.Button("Sign out 1 other device").ClickAsync();
        await office.HasLeftAsync("You were signed out from Chrome on Linux.");
        await Expect(laptop.Sessions).ToHaveCountAsync(1);
    }
}
