using System.Net;
using System.Net.WebSockets;
using ConcurrentSessions.Tests.Support;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A circuit belongs to a page of the portal and to somebody who is signed in, and nobody has more than their share.</summary>
public sealed class CircuitOriginTests : IAsyncLifetime
{
    private const string Negotiate = "/_blazor/negotiate?negotiateVersion=1";
    private const string Own = "https://localhost";

    private readonly PortalFactory portal = new PortalFactory().With("Circuits:PerUser", "3");
    private Visitor ada = null!;

    private const string Missing = "(missing)";

    public static TheoryData<string> ForeignOrigins =>
    [
        "https://evil.example", "https://sub.localhost", "https://localhost:8443", "http://localhost", "https://localhost.evil.example", "https://localhost@evil.example", "null", "", Missing,
    ];

    public async ValueTask InitializeAsync()
    {
        await portal.AddUserAsync("ada@portal.example");
        ada = portal.NewVisitor();
        await ada.SignInAsync("ada@portal.example");
    }

    public async ValueTask DisposeAsync()
    {
        ada.Dispose();
        await portal.DisposeAsync();
    }

    [Theory]
    [Trait("Check", "M10")]
    [Trait("Check", "S17")]
    [MemberData(nameof(ForeignOrigins))]
    public async Task A_foreign_page_opens_no_circuit(string said)
    {
        var origin = said == Missing ? null : said;
        Assert.Equal(HttpStatusCode.Forbidden, await NegotiateAsync(ada, origin));
        Assert.Equal(HttpStatusCode.Forbidden, await portal.RefusedSocketAsync(ada, origin));
    }

    [Fact]
    [Trait("Check", "M10")]
    [Trait("Check", "S17")]
    public async Task The_portals_own_page_opens_one()
    {
        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(ada, Own));
        using var socket = await portal.OpenSocketAsync(ada, Own);
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    [Fact]
    [Trait("Check", "S17")]
    public async Task Behind_a_proxy_the_public_address_is_the_pages_own()
    {
        await using var behind = new PortalFactory().With("Portal:PublicUrl", "https://portal.example").With("AllowedHosts", "localhost;portal.example");
        await behind.AddUserAsync("ada@portal.example");
        using var visitor = behind.NewVisitor();
        await visitor.SignInAsync("ada@portal.example");
        using var socket = await behind.OpenSocketAsync(visitor, "https://portal.example", ("X-Forwarded-For", "198.51.100.4"), ("X-Forwarded-Proto", "https"));
        Assert.Equal(WebSocketState.Open, socket.State);
        Assert.Equal(HttpStatusCode.Forbidden, await behind.RefusedSocketAsync(visitor, "https://evil.example", ("X-Forwarded-Host", "evil.example")));
    }

    [Fact]
    [Trait("Check", "S56")]
    public async Task Who_is_not_signed_in_gets_no_circuit()
    {
        using var stranger = portal.NewVisitor();
        Assert.Equal(HttpStatusCode.Unauthorized, await NegotiateAsync(stranger, Own));
        Assert.Equal(HttpStatusCode.Unauthorized, await portal.RefusedSocketAsync(stranger, Own));
        var key = ada.Cookie(Web.SignIn.BrowserCookies.Session)!;
        await ada.SignOutAsync();
        stranger.PlantCookie(Web.SignIn.BrowserCookies.Session, key);
        Assert.Equal(HttpStatusCode.Unauthorized, await portal.RefusedSocketAsync(stranger, Own));
    }

    [Theory]
    [Trait("Check", "S56")]
    [InlineData("/_Blazor", "/_Blazor/negotiate?negotiateVersion=1")]
    [InlineData("/_BLAZOR/", "/_blazor/NEGOTIATE?negotiateVersion=1")]
    [InlineData("/_blazor/", "/_blazor/negotiate/?negotiateVersion=1")]
    public async Task However_the_address_is_spelt_a_circuit_needs_a_session_and_a_place_and_ends_with_them(string address, string negotiate)
    {
        using var stranger = portal.NewVisitor();
        Assert.Equal(HttpStatusCode.Unauthorized, await NegotiateAsync(stranger, Own, negotiate));
        Assert.Equal(HttpStatusCode.Unauthorized, await portal.RefusedSocketAsync(address, stranger, Own));
        var sockets = new List<WebSocket>();
        for (var i = 0; i < 3; i++)
        {
            sockets.Add(await portal.OpenSocketAsync(address, ada, Own));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await portal.RefusedSocketAsync(address, ada, Own));
        await ada.SignOutAsync();
        await Task.WhenAll(sockets.Select(ClosedAsync)).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        sockets.ForEach(s => s.Dispose());
    }

    [Theory]
    [Trait("Check", "S56")]
    [InlineData("/")]
    [InlineData("/Account/Login")]
    [InlineData("/Account/Register")]
    [InlineData("/Account/ForgotPassword")]
    [InlineData("/nowhere")]
    public async Task A_page_for_strangers_asks_for_no_circuit(string path)
    {
        using var stranger = portal.NewVisitor();
        using var page = await stranger.GetAsync(path);
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("</html>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<!--Blazor:{\"type\":\"server\"", html, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S56")]
    public async Task Whose_places_are_taken_is_refused_in_words_until_a_page_is_closed_and_nobody_else_is()
    {
        var sockets = new List<WebSocket>();
        for (var i = 0; i < 3; i++)
        {
            sockets.Add(await portal.OpenSocketAsync(ada, Own));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await portal.RefusedSocketAsync(ada, Own));
        using var page = await ada.GetAsync("/sessions");
        Assert.Equal(HttpStatusCode.TooManyRequests, page.StatusCode);
        Assert.Contains("One person may have 3 live pages", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await ada.IsSignedInAsync());

        await portal.AddUserAsync("grace@portal.example");
        using var grace = portal.NewVisitor();
        await grace.SignInAsync("grace@portal.example");
        using var hers = await portal.OpenSocketAsync(grace, Own);

        sockets[0].Abort();
        await portal.UntilAsync(async () => (await ada.GetAsync("/sessions")).StatusCode == HttpStatusCode.OK);
        sockets.ForEach(s => s.Dispose());
    }

    [Fact]
    [Trait("Check", "S56")]
    public async Task Circuits_are_reached_by_sockets_only()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Negotiate);
        request.Headers.Add("Origin", Own);
        using var answer = await ada.SendAsync(request);
        var offered = await answer.Content.ReadAsStringAsync();
        Assert.Contains("WebSockets", offered, StringComparison.Ordinal);
        Assert.DoesNotContain("LongPolling", offered, StringComparison.Ordinal);
        Assert.DoesNotContain("ServerSentEvents", offered, StringComparison.Ordinal);
    }

    private static async Task ClosedAsync(WebSocket socket)
    {
        try
        {
            while ((await socket.ReceiveAsync(new byte[64], TestContext.Current.CancellationToken)).MessageType is not WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception cut) when (cut is WebSocketException or IOException)
        {
        }
    }

    private static async Task<HttpStatusCode> NegotiateAsync(Visitor visitor, string? origin, string address = Negotiate)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        using var answer = await visitor.SendAsync(request);
        return answer.StatusCode;
    }
}
