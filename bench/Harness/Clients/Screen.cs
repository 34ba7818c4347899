using ConcurrentSessions.Bench.Machines;
using Microsoft.Playwright;

namespace ConcurrentSessions.Bench.Clients;

/// <summary>A real Chromium, whose pages hold circuits.</summary>
internal sealed class Screen : IAsyncDisposable
{
    private const int Tries = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly IPlaywright playwright;
    private readonly IBrowser browser;

    private Screen(IPlaywright playwright, IBrowser browser) => (this.playwright, this.browser) = (playwright, browser);

    public static async Task<Screen> OpenAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return new(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        }));
    }

    /// <summary>Opens /sessions as whoever the cookie says, and waits until the page is alive. A browser that hangs is asked again.</summary>
    public async Task<IPage> OpenSessionsAsync(Uri node, string sessionCookie)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await TryOpenSessionsAsync(node, sessionCookie).WaitAsync(Patience, TimeProvider.System);
            }
            catch (Exception failure) when (failure is TimeoutException or PlaywrightException && tries < Tries)
            {
                Say.Line($"the browser is asked again: {failure.Message.Split('\n')[0]}");
            }
        }
    }

    /// <summary>A page that does not even close is left to the end of the browser.</summary>
    public static Task CloseAsync(IPage page) => Task.WhenAny(page.Context.CloseAsync(), Pause.ForAsync(Patience));

    private async Task<IPage> TryOpenSessionsAsync(Uri node, string sessionCookie)
    {
        var context = await browser.NewContextAsync();
        var cookie = sessionCookie.Split('=', 2);
        await context.AddCookiesAsync([new()
        {
            Name = cookie[0], Value = cookie[1], Url = $"https://localhost:{node.Port}", Secure = true, HttpOnly = true, SameSite = SameSiteAttribute.Lax,
        }]);
        var page = await context.NewPageAsync();
        await page.GotoAsync($"http://localhost:{node.Port}/sessions");

        // The router of a circuit moves the focus there as soon as it has drawn the page.
        await page.Locator("h1[tabindex='-1']").WaitForAsync(new() { State = WaitForSelectorState.Attached });
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        await browser.CloseAsync();
        playwright.Dispose();
    }
}
