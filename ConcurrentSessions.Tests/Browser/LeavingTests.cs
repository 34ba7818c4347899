using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

/// <summary>What is left in a browser of somebody who has gone, or of whom somebody else has taken the place.</summary>
public sealed class LeavingTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Ada = "ada@portal.example";
    private const string Grace = "grace@portal.example";

    [Fact]
    [Trait("Check", "S42")]
    public async Task After_signing_out_Back_shows_nothing_and_the_browser_has_kept_nothing()
    {
        await Portal.AddUserAsync(Ada);
        var page = await Portal.SignedInAsync(Ada);
        Assert.Equal("0 0 0", await page.Page.EvaluateAsync<string>("async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length].join(' ')"));
        await page.GoAsync("/Account/Manage");
        await page.Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await Expect(page.Heading("Know where you are signed in.")).ToBeVisibleAsync();
        for (var i = 0; i < 2; i++)
        {
            await page.Page.GoBackAsync();
            await Expect(page.Heading("Sign in")).ToBeVisibleAsync();
            await Expect(page.Page.GetByText(Ada)).ToHaveCountAsync(0);
        }
    }

    [Fact]
    [Trait("Check", "S49")]
    public async Task A_page_that_comes_back_under_another_user_acts_as_neither()
    {
        await Portal.AddUserAsync(Ada);
        await Portal.AddUserAsync(Grace);
        var first = await Portal.NewBrowserAsync();
        var sockets = await CuttableAsync(first);
        await first.SignInAsync(Ada);
        await first.InteractiveAsync();
        await first.Page.EvaluateAsync("() => { Blazor._internal.navigationManager.navigateTo = () => {} }");
        var second = await Portal.NewTabAsync(first);
        await second.GoAsync("/Account/Manage");
        await second.Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await second.SignInAsync(Grace);
        await second.InteractiveAsync();

        await sockets.CutAsync();
        await sockets.CameBackAsync();
        await Expect(first.Button("Rename")).ToHaveCountAsync(0);
        await Expect(first.Page.Locator("main").GetByText(Grace)).ToHaveCountAsync(0);
        Assert.DoesNotContain(await Portal.AuditAsync(), e => e.Name == AuditNames.DeviceRenamed);
        Assert.Single(await Portal.ActiveSessionsAsync(Grace));
    }

    [Fact]
    [Trait("Check", "S49")]
    public async Task A_page_whose_session_lives_on_without_its_cookie_leaves_when_another_user_takes_the_browser()
    {
        await Portal.AddUserAsync(Ada);
        await Portal.AddUserAsync(Grace);
        var first = await Portal.NewBrowserAsync();
        var sockets = await CuttableAsync(first);
        await first.SignInAsync(Ada);
        await first.InteractiveAsync();
        await first.Page.Context.ClearCookiesAsync();
        var second = await Portal.NewTabAsync(first);
        await second.SignInAsync(Grace);
        await second.InteractiveAsync();
        Assert.Single(await Portal.ActiveSessionsAsync(Ada));

        await sockets.CutAsync();
        await Expect(first.Page).ToHaveURLAsync(Portal.Address + "/Account/SignedOut");
        await Expect(first.Heading("Your active sessions")).ToHaveCountAsync(0);
    }

    [Fact]
    [Trait("Check", "S49")]
    public async Task A_page_that_was_paused_is_loaded_again_and_never_resumed()
    {
        await Portal.AddUserAsync(Ada);
        await Portal.AddUserAsync(Grace);
        var first = await Portal.SignedInAsync(Ada);
        await first.Page.EvaluateAsync("() => Blazor.pauseCircuit()");
        await Expect(first.Page.GetByText("This page was paused because it was not in use.")).ToBeVisibleAsync();
        var second = await Portal.NewTabAsync(first);
        await second.GoAsync("/Account/Manage");
        await second.Page.GetByRole(AriaRole.Banner).GetByRole(AriaRole.Button, new() { Name = "Sign out", Exact = true }).ClickAsync();
        await second.SignInAsync(Grace);
        await second.InteractiveAsync();
        await first.Button("Continue").ClickAsync();
        await Expect(first.Page.GetByText(Grace).First).ToBeVisibleAsync();
        await Expect(first.Page.GetByText(Ada)).ToHaveCountAsync(0);
        Assert.Empty(await Portal.ActiveSessionsAsync(Ada));
    }

    private static async Task<Cuttable> CuttableAsync(PortalPage page)
    {
        var sockets = new Cuttable();
        await page.Page.RouteWebSocketAsync("**/_blazor*", sockets.Opened);
        return sockets;
    }

    /// <summary>The sockets of a page, through which the network can fail.</summary>
    private sealed class Cuttable
    {
        private readonly TaskCompletionSource cameBack = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private IWebSocketRoute? open;
        private bool wasCut;

        public void Opened(IWebSocketRoute socket)
        {
            socket.ConnectToServer();
            open = socket;
            if (wasCut)
            {
                cameBack.TrySetResult();
            }
        }

        public Task CutAsync()
        {
            wasCut = true;
            return open!.CloseAsync(new() { Code = 1001, Reason = "gone" });
        }

        public Task CameBackAsync() => cameBack.Task.WaitAsync(TimeSpan.FromSeconds(15), TimeProvider.System);
    }
}
