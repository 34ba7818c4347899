using ConcurrentSessions.Tests.Support;
using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace ConcurrentSessions.Tests.Support;

/// <summary>The one browser of the run. It starts with the first test that needs it; without it that test fails.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private const string UsualPlace = "/usr/bin/chromium";

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private readonly Lazy<Task<(IPlaywright Playwright, IBrowser Browser)>> started = new(StartAsync);

    public async Task<IBrowser> BrowserAsync() => (await started.Value).Browser;

    public async ValueTask DisposeAsync()
    {
        if (started is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
        {
            var (playwright, browser) = await started.Value;
            await browser.CloseAsync();
            playwright.Dispose();
        }
    }

    private static async Task<(IPlaywright Playwright, IBrowser Browser)> StartAsync()
    {
        // A machine that also runs the other tests is slow to draw a first page; what must be quick says so itself.
        Assertions.SetDefaultExpectTimeout(15_000);
        var playwright = await Playwright.CreateAsync();
        var place = Environment.GetEnvironmentVariable("PORTAL_TEST_BROWSER") is { Length: > 0 } given ? given : UsualPlace;
        return (playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = place, Args = Arguments }));
    }
}
