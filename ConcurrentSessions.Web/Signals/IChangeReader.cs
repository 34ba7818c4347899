using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Web.Signals;

/// <summary>Reads each committed change at least once, in an order in which none can slip through.</summary>
internal interface IChangeReader
{
    /// <summary>How long nobody may have looked.</summary>
    TimeSpan Tick { get; }

    /// <summary>Everything committed since the last call; at the first, nothing: this node has told nobody anything yet.</summary>
    Task<IReadOnlyList<Change>> ReadAsync(PortalDbContext db, CancellationToken ct);
}
