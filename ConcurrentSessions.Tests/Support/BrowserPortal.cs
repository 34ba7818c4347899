using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;

namespace ConcurrentSessions.Tests.Support;

/// <summary>The portal on a port of its own, and the browsers that look at it.</summary>
public sealed class BrowserPortal : PortalFactory
{
    private readonly Chromium chromium;
    private readonly List<PortalPage> pages = [];

    public BrowserPortal(Chromium chromium)
    {
        this.chromium = chromium;
        var port = FreePort();
        Address = $"http://localhost:{port}";
        UseKestrel(port);
        With("Portal:PublicUrl", Address);
    }

    public string Address { get; }

    public IReadOnlyList<PortalPage> Pages => pages;

    /// <summary>A browser that nobody has used before.</summary>
    public async Task<PortalPage> NewBrowserAsync(string userAgent = UserAgents.Linux, bool scripts = true, int width = 1280)
    {
        StartServer();
        var context = await (await chromium.BrowserAsync()).NewContextAsync(new()
        {
            BaseURL = Address,
            UserAgent = userAgent,
            JavaScriptEnabled = scripts,
            ViewportSize = new() { Width = width, Height = 900 },
        });
        context.SetDefaultTimeout(15_000);
        return await Track(context);
    }

    public async Task<PortalPage> SignedInAsync(string email, string userAgent = UserAgents.Linux, string path = "/sessions")
    {
        var page = await NewBrowserAsync(userAgent);
        await page.SignInAsync(email, path);
        await page.InteractiveAsync();
        return page;
    }

    /// <summary>Another tab of the same browser.</summary>
    public Task<PortalPage> NewTabAsync(PortalPage of) => Track(of.Page.Context);

    public override async ValueTask DisposeAsync()
    {
        foreach (var context in pages.Select(p => p.Page.Context).Distinct())
        {
            await context.CloseAsync();
        }

        await base.DisposeAsync();
    }

    private async Task<PortalPage> Track(IBrowserContext context)
    {
        var page = new PortalPage(await context.NewPageAsync());
        pages.Add(page);
        return page;
    }

    // Known before the start, because the portal's own address is one of its settings.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>What browsers say they are, so that one list can show several.</summary>
public static class UserAgents
{
    public const string Linux = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
    public const string Windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0";
    public const string Mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15";
    public const string Phone = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36";
}
