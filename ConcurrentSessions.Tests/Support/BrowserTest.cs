using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>A test with browsers and a portal of its own. What a failed one looked like is kept as pictures in TestResults.</summary>
public abstract class BrowserTest(Chromium chromium) : IAsyncDisposable
{
    protected BrowserPortal Portal { get; } = new(chromium);

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current is { TestState.Result: TestResult.Failed } context)
        {
            await KeepPicturesAsync(context.TestMethod?.MethodName ?? "test");
        }

        await Portal.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task KeepPicturesAsync(string test)
    {
        for (var i = 0; i < Portal.Pages.Count; i++)
        {
            await Portal.Pages[i].Page.ScreenshotAsync(new() { Path = Path.Combine(Root(), "TestResults", $"{test}-{i + 1}.png"), FullPage = true });
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder.Parent is { } parent && !File.Exists(Path.Combine(folder.FullName, "ConcurrentSessions.sln")))
        {
            folder = parent;
        }

        return folder.FullName;
    }
}
