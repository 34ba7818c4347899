using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Adds rows to the transaction in which somebody else ends a user's sessions: saved with it, or not at all.</summary>
public interface ISessionEndObserver
{
    /// <param name="db">The transaction's context; add to it, do not save.</param>
    /// <param name="ended">At least one.</param>
    ValueTask SessionsEndedAsync(PortalDbContext db, string userId, IReadOnlyList<Session> ended, EndReason reason, Actor by, CancellationToken ct);
}
