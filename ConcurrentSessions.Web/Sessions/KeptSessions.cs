using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// The one session of a user that the limit ends last. The mark is the device's for as long as that stays signed in: a sign-in
/// that replaces the session takes it over.
/// </summary>
public sealed class KeptSessions(IDbContextFactory<PortalDbContext> databases, ISessionSignal signal, TimeProvider clock)
{
    /// <summary>Keeps a session, and no longer the one that was kept before.</summary>
    /// <returns>False when the user has no such session, or the actor's has ended.</returns>
    public Task<bool> KeepAsync(string userId, SessionId session, Actor by, CancellationToken ct) => ChangeAsync(userId, session, keep: true, by, ct);

    /// <returns>False when it was not kept, or the actor's session has ended.</returns>
    public Task<bool> KeepNoMoreAsync(string userId, SessionId session, Actor by, CancellationToken ct) => ChangeAsync(userId, session, keep: false, by, ct);

    private async Task<bool> ChangeAsync(string userId, SessionId id, bool keep, Actor by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnAsync(userId, ct);
        var sessions = await db.Sessions.Of(userId).NotEnded().Where(s => s.Id == id || s.IsKept).ToListAsync(ct);
        if (sessions.Find(s => s.Id == id) is not { } session || session.IsKept == keep || !await db.MayStillActAsync(by, ct))
        {
            return false;
        }

        sessions.ForEach(s => s.IsKept = keep && s == session);
        var name = keep ? AuditNames.SessionKept : AuditNames.SessionKeptNoMore;
        db.AuditEvents.Add(AuditEvent.Of(name, by, clock.GetUtcNow(), subject: userId, session: id.Value));
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        signal.Publish(new SessionChange(userId, id, SessionChangeKind.Updated));
        return true;
    }
}
