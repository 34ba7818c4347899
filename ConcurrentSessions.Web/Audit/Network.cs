using System.Net;
using System.Net.Sockets;

namespace ConcurrentSessions.Web.Audit;

/// <summary>What is kept of an IP address when it is old: its network, which names no household (/24 of IPv4, /48 of IPv6).</summary>
public static class Network
{
    private const int BitsOfIPv4 = 24;
    private const int BitsOfIPv6 = 48;

    /// <summary>"203.0.113.0/24", "2001:db8:1::/48"; null for what is no address.</summary>
    public static string? Of(string? address)
    {
        if (!IPAddress.TryParse(address, out var ip))
        {
            return null;
        }

        var bits = ip.AddressFamily == AddressFamily.InterNetwork ? BitsOfIPv4 : BitsOfIPv6;
        var bytes = ip.GetAddressBytes();
        bytes.AsSpan(bits / 8).Clear();
        return $"{new IPAddress(bytes)}/{bits}";
    }
}
