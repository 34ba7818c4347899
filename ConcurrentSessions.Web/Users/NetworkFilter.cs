using System.Net;
using System.Net.Sockets;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Users;

/// <summary>One IP address, part of one, or a network whose border lies where addresses are written apart, so that text tells who is in it.</summary>
public sealed record NetworkFilter
{
    private const string Allowed = "An IPv4 network ends with /8, /16, /24 or /32, an IPv6 network with /48 or /128: 203.0.113.0/24, 2001:db8:1::/48.";

    private readonly string wanted;
    private readonly Way way;

    private NetworkFilter(string text, string wanted, Way way) => (Text, this.wanted, this.way) = (text, wanted, way);

    private enum Way
    {
        Part,
        Start,
        Whole,
        OldNetwork,
    }

    /// <summary>As it was typed.</summary>
    public string Text { get; }

    /// <summary>Reads what was typed, or says in one sentence why it is none.</summary>
    public static bool TryRead(string typed, out NetworkFilter? filter, out string? problem)
    {
        (filter, problem) = (null, null);
        if (!typed.Contains('/', StringComparison.Ordinal))
        {
            filter = IPAddress.TryParse(typed, out var ip) && typed.Contains(ip.AddressFamily == AddressFamily.InterNetworkV6 ? ':' : '.', StringComparison.Ordinal)
                && typed.Count(c => c == '.') is 0 or 3
                ? new(typed, ip.ToString(), Way.Whole)
                : new(typed, typed.ToLowerInvariant(), Way.Part);
            return true;
        }

        filter = IPNetwork.TryParse(typed, out var network) ? Of(typed, network) : null;
        problem = filter is null ? $"“{typed}” is not a network this can search for. {Allowed}" : null;
        return filter is not null;
    }

    internal IQueryable<Session> Narrow(IQueryable<Session> found) => way switch
    {
        Way.Whole => found.Where(s => s.IpAddress == wanted),
        Way.OldNetwork => found.Where(s => s.IpNetwork == wanted),
        Way.Start => found.Where(s => s.IpNetwork!.StartsWith(wanted)),
        _ => found.Where(s => s.IpAddress!.Contains(wanted) || s.IpNetwork!.Contains(wanted)),
    };

    // What is kept of old addresses is the network of /24 or /48: every session has it, however old.
    private static NetworkFilter? Of(string typed, IPNetwork network)
    {
        var parts = network.BaseAddress.ToString().Split('.');
        return (network.BaseAddress.AddressFamily, network.PrefixLength) switch
        {
            (AddressFamily.InterNetwork, 8) => new(typed, parts[0] + ".", Way.Start),
            (AddressFamily.InterNetwork, 16) => new(typed, $"{parts[0]}.{parts[1]}.", Way.Start),
            (AddressFamily.InterNetwork, 24) or (AddressFamily.InterNetworkV6, 48) => new(typed, network.ToString(), Way.OldNetwork),
            (AddressFamily.InterNetwork, 32) or (AddressFamily.InterNetworkV6, 128) => new(typed, network.BaseAddress.ToString(), Way.Whole),
            _ => null,
        };
    }
}
