namespace ConcurrentSessions.Bench.IdentityCookie;

/// <summary>What is measured with this program; its first argument.</summary>
internal enum PeerMode
{
    /// <summary>Identity's self-contained cookie as the template sets it up: AddDbContext.</summary>
    Default,

    /// <summary>The same with AddDbContextPool.</summary>
    Pooled,

    /// <summary>No authentication at all: the limit.</summary>
    Anonymous,
}
