using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Adds rows to the transaction that opens a session: saved with it, or not at all.</summary>
public interface ISignInObserver
{
    /// <param name="db">The transaction's context; add to it, do not save.</param>
    /// <param name="newDevice">This browser was not known as this user's.</param>
    /// <param name="firstEver">The account never had a session before: nothing about it is new.</param>
    ValueTask SessionOpenedAsync(PortalDbContext db, PortalUser user, Session session, bool newDevice, bool firstEver, CancellationToken ct);
}
