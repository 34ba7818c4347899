using System.Net;
using System.Net.WebSockets;
using ConcurrentSessions.Web.SignIn;
using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>Opens a circuit's socket as a page does, or as no page may.</summary>
public static class Sockets
{
    private const string Address = "/_blazor";

    /// <param name="by">Whose session it is; null: nobody's.</param>
    /// <param name="origin">Null: the header is missing.</param>
    public static Task<WebSocket> OpenSocketAsync(this PortalFactory portal, Visitor? by, string? origin, params (string Name, string Value)[] headers) =>
        portal.OpenSocketAsync(Address, by, origin, headers);

    /// <param name="address">However the page spells it.</param>
    /// <param name="by">Whose session it is; null: nobody's.</param>
    /// <param name="origin">Null: the header is missing.</param>
    public static Task<WebSocket> OpenSocketAsync(
        this PortalFactory portal, string address, Visitor? by, string? origin, params (string Name, string Value)[] headers)
    {
        var client = portal.Server.CreateWebSocketClient();
        client.ConfigureRequest = request =>
        {
            foreach (var (name, value) in headers)
            {
                request.Headers[name] = value;
            }

            if (origin is not null)
            {
                request.Headers.Origin = origin;
            }

            if (by?.Cookie(BrowserCookies.Session) is { } key)
            {
                request.Headers.Cookie = $"{BrowserCookies.Session}={key}";
            }
        };
        return client.ConnectAsync(new("wss://localhost" + address), TestContext.Current.CancellationToken);
    }

    /// <returns>How it was refused.</returns>
    public static Task<HttpStatusCode> RefusedSocketAsync(this PortalFactory portal, Visitor? by, string? origin, params (string Name, string Value)[] headers) =>
        portal.RefusedSocketAsync(Address, by, origin, headers);

    /// <returns>How it was refused.</returns>
    public static async Task<HttpStatusCode> RefusedSocketAsync(
        this PortalFactory portal, string address, Visitor? by, string? origin, params (string Name, string Value)[] headers)
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(async () => (await portal.OpenSocketAsync(address, by, origin, headers)).Dispose());
        return Enum.Parse<HttpStatusCode>(refused.Message.Split(' ')[^1]);
    }
}
