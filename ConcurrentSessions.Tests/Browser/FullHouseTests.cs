using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

/// <summary>Signing in when all seats are taken.</summary>
public sealed class FullHouseTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Ada = "ada@portal.example";
    private const string Chooser = "Choose a session to end";

    [Theory]
    [Trait("Check", "S29")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_newcomer_chooses_whose_seat_to_take_with_and_without_scripts(bool scripts)
    {
        var laptop = await TakenSeatAsync(WhenFull.Ask);
        var office = await Portal.NewBrowserAsync(UserAgents.Windows, scripts);
        await office.SubmitSignInAsync(Ada);
        await Expect(office.Heading(Chooser)).ToBeVisibleAsync();
        await Expect(office.Page.GetByText("last active")).ToBeVisibleAsync();
        await office.Field("Chrome on Linux").CheckAsync();
        await office.Button("End selected and sign in").ClickAsync();
        await Expect(office.Session("Firefox on Windows 10")).ToContainTextAsync("This device");
        await Expect(office.Sessions).ToHaveCountAsync(1);
        await laptop.HasLeftAsync("Your account signed in from Firefox on Windows 10, and this session was chosen there to make room for it.");
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task Choosing_nothing_ends_nothing_and_says_so()
    {
        var laptop = await TakenSeatAsync(WhenFull.Ask);
        var office = await Portal.NewBrowserAsync(UserAgents.Windows);
        await office.SubmitSignInAsync(Ada);
        await office.Button("End selected and sign in").ClickAsync();
        await Expect(office.Alert).ToContainTextAsync("Choose at least 1 session to end.");
        Assert.False(await office.IsSignedInAsync());
        Assert.True(await laptop.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task Leaving_the_choice_ends_nothing_and_signs_nobody_in()
    {
        var laptop = await TakenSeatAsync(WhenFull.Ask);
        var office = await Portal.NewBrowserAsync(UserAgents.Windows);
        await office.SubmitSignInAsync(Ada);
        await office.Button("Leave").ClickAsync();
        await Expect(office.Heading("Sign in")).ToBeVisibleAsync();
        Assert.False(await office.IsSignedInAsync());
        Assert.True(await laptop.IsSignedInAsync());
        await office.GoAsync("/Account/SessionLimit");
        await Expect(office.Heading("This sign-in is no longer waiting")).ToBeVisibleAsync();
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task An_evicted_page_says_which_device_took_its_seat()
    {
        var laptop = await TakenSeatAsync(WhenFull.EvictLeastRecent);
        await Portal.SignedInAsync(Ada, UserAgents.Windows);
        await laptop.HasLeftAsync("Your account signed in from Firefox on Windows 10, and this session, the least recently used, made room for it");
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task Whoever_uses_the_page_is_asked_to_save_before_it_goes_and_the_newcomer_waits()
    {
        var laptop = await TakenSeatAsync(WhenFull.EvictLeastRecent);
        await laptop.Page.RunAndWaitForResponseAsync(() => laptop.Page.Keyboard.PressAsync("Tab"), "**/api/session/activity?page=live");
        var office = await Portal.NewBrowserAsync(UserAgents.Windows);
        await office.SubmitSignInAsync(Ada);
        await Expect(office.Heading("One moment")).ToBeVisibleAsync();
        await Expect(laptop.Dialog).ToContainTextAsync("Another sign-in takes this place in 15 s: save your work.");
        Portal.Clock.Advance(TimeSpan.FromSeconds(5));
        await Expect(laptop.Dialog).ToContainTextAsync("in 10 s");
        for (var i = 0; i < 5; i++)
        {
            await laptop.Page.Keyboard.PressAsync("Tab");
            await laptop.Page.WaitForFunctionAsync("() => document.activeElement.closest('[role=dialog]') !== null"); // the trap answers from the server
        }

        await laptop.Button("Save my work").ClickAsync();
        await Expect(laptop.Dialog).ToHaveCountAsync(0);
        await Expect(laptop.Page.GetByText("Another sign-in takes this place. Save your work.")).ToBeVisibleAsync();
        await laptop.ButtonOf("Chrome on Linux", "Rename").ClickAsync();
        await laptop.Button("Save").ClickAsync();
        Assert.False(await office.IsSignedInAsync());

        Portal.Clock.Advance(TimeSpan.FromSeconds(10));
        await office.Button("Try now").ClickAsync();
        await Expect(office.Sessions).ToHaveCountAsync(1);
        await laptop.HasLeftAsync("Your account signed in from Firefox on Windows 10");
    }

    private async Task<PortalPage> TakenSeatAsync(WhenFull whenFull)
    {
        await Portal.AddUserAsync(Ada);
        await Portal.LimitAsync(Roles.User, 1, whenFull);
        return await Portal.SignedInAsync(Ada, UserAgents.Linux);
    }
}
