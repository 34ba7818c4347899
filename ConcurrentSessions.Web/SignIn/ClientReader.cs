using System.Net;
using System.Net.Sockets;
using ConcurrentSessions.Web.Locations;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn.UserAgents;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Reads from a request what it tells about its sender.</summary>
public sealed class ClientReader(IIpLocator locator)
{
    public ClientDescription Read(HttpContext context)
    {
        var address = Address(context);
        var agent = UserAgentReader.Clean(context.Request.Headers.UserAgent.ToString());
        return new(address?.ToString(), agent, UserAgentReader.Read(agent, ClientHints.Read(context.Request.Headers)), address is null ? Place.Unknown : locator.Find(address));
    }

    /// <summary>The peer's address, or what a known proxy says it is; IPv4 in IPv6 is unmapped, zone ids are dropped.</summary>
    public static IPAddress? Address(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => null,
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4(),
        { AddressFamily: AddressFamily.InterNetworkV6 } v6 => new IPAddress(v6.GetAddressBytes()),
        var v4 => v4,
    };

    /// <summary>What the browser says it is, cleaned; null when it says nothing.</summary>
    public static string? Browser(HttpContext context) =>
        UserAgentReader.Clean(context.Request.Headers.UserAgent.ToString()) is { Length: > 0 } agent ? agent : null;

    /// <summary>What is counted as one guesser: the /24 of an IPv4 address, also of one mapped into IPv6; the /64 of an IPv6 one.</summary>
    public static string Network(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, plain.AddressFamily == AddressFamily.InterNetwork ? 3 : 8));
    }
}
