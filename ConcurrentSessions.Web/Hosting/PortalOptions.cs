namespace ConcurrentSessions.Web.Hosting;

/// <summary>The section <c>Portal</c> of the settings.</summary>
public sealed class PortalOptions
{
    /// <summary>The address people use, like <c>https://portal.example</c>: links in mails and redirects are built from it, never from the Host header.</summary>
    public string PublicUrl { get; init; } = "";

    /// <summary>Addresses and networks (CIDR) whose <c>X-Forwarded-For</c> and <c>-Proto</c> are believed; empty: nobody's.</summary>
    public IReadOnlyList<string> KnownProxies { get; init; } = [];

    /// <summary>How many forms of the account pages one network (IPv4 /24, IPv6 /64) may send in a minute: 60 to 1 000 000.</summary>
    public int PostsPerMinute { get; init; } = 1200;

    /// <summary>How long it serves on after it was told to stop, no longer ready: 0 to 10 seconds, for a balancer that asks <c>/health/ready</c>.</summary>
    public TimeSpan DrainTime { get; init; }
}
