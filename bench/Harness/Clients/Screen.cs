using Microsoft.Playwright;

namespace ConcurrentSessions.Bench.Clients;

/// <summary>A real Chromium, whose pages hold circuits.</summary>
internal sealed class Screen : IAsyncDisposable
{
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

    /// <summary>Opens /sessions as whoever the cookie says, and waits until the page is alive.</summary>
    public async Task<IPage> OpenSessionsAsync(Uri node, string sessionCookie)
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
