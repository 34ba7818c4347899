using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

/// <summary>The idle timeout is 30 minutes.</summary>
public sealed class IdleTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Ada = "ada@portal.example";

    [Fact]
    [Trait("Check", "S25")]
    public async Task An_open_page_that_nobody_uses_does_not_keep_its_session_alive()
    {
        await Portal.AddUserAsync(Ada);
        var page = await Portal.SignedInAsync(Ada);
        for (var minutes = 0; minutes < 28; minutes += 4)
        {
            Portal.Clock.Advance(TimeSpan.FromMinutes(4));
            await Expect(page.Heading("Your active sessions")).ToBeVisibleAsync();
        }

        Assert.Single(await Portal.ActiveSessionsAsync(Ada));
        await Expect(page.Page.GetByText("Are you still there?")).ToBeVisibleAsync();
        await ExpireAsync(TimeSpan.FromMinutes(3));
        await page.HasLeftAsync("The session was not used for too long.");
        Assert.False(await page.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S25")]
    public async Task A_key_pressed_keeps_the_session_alive()
    {
        await Portal.AddUserAsync(Ada);
        var page = await Portal.SignedInAsync(Ada);
        Portal.Clock.Advance(TimeSpan.FromMinutes(25));
        await page.Page.RunAndWaitForResponseAsync(() => page.Page.Keyboard.PressAsync("Tab"), "**/api/session/activity*");
        await ExpireAsync(TimeSpan.FromMinutes(25));
        Assert.Single(await Portal.ActiveSessionsAsync(Ada));
        await ExpireAsync(TimeSpan.FromMinutes(6));
        await page.HasLeftAsync("The session was not used for too long.");
    }

    [Fact]
    [Trait("Check", "S25")]
    public async Task A_script_that_pretends_to_press_keys_keeps_nothing_alive()
    {
        await Portal.AddUserAsync(Ada);
        var page = await Portal.SignedInAsync(Ada);
        Portal.Clock.Advance(TimeSpan.FromMinutes(25));
        var told = new List<string>();
        page.Page.Request += (_, request) => told.Add(request.Url);
        await page.Page.EvaluateAsync("""
            async () => {
              document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Tab', bubbles: true }));
              await fetch('/health/live', { credentials: 'omit' }); // with the cookie it would be activity
            }
            """);
        Assert.Equal(Portal.Address + "/health/live", Assert.Single(told));
        await ExpireAsync(TimeSpan.FromMinutes(6));
        await page.HasLeftAsync("The session was not used for too long.");
    }

    [Fact]
    [Trait("Check", "S25")]
    public async Task Who_answers_the_warning_stays_signed_in()
    {
        await Portal.AddUserAsync(Ada);
        var page = await Portal.SignedInAsync(Ada);
        Portal.Clock.Advance(TimeSpan.FromMinutes(29));
        await page.Button("Stay signed in").ClickAsync();
        await Expect(page.Page.GetByText("Are you still there?")).ToHaveCountAsync(0);
        await ExpireAsync(TimeSpan.FromMinutes(20));
        Assert.Single(await Portal.ActiveSessionsAsync(Ada));
    }

    private async Task ExpireAsync(TimeSpan later)
    {
        Portal.Clock.Advance(later);
        await Portal.Services.GetRequiredService<SessionHousekeeping>().EndExpiredAsync(default);
    }
}
