using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>The browsers a user has signed in with.</summary>
public sealed class Devices(IDbContextFactory<PortalDbContext> databases, ISessionSignal signal, TimeProvider clock)
{
    /// <summary>The id of the device that a browser's key stands for; null when this user has never signed in there.</summary>
    public async Task<Guid?> FindAsync(string userId, SessionKey key, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var hash = key.HashFor(userId);
        return await db.Devices.Where(d => d.UserId == userId && d.KeyHash == hash).Select(d => (Guid?)d.Id).SingleOrDefaultAsync(ct);
    }

    /// <summary>
    /// Gives a device of this user a name that its next sign-ins keep. The session it comes from is looked at in the user's
    /// turn: a click that was under way when that session ended changes nothing.
    /// </summary>
    /// <returns>False when the user has no such device, or the actor's session has ended.</returns>
    public async Task<bool> RenameAsync(string userId, Guid deviceId, DeviceName name, Actor by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnAsync(userId, ct);
        if (await db.Devices.SingleOrDefaultAsync(d => d.Id == deviceId && d.UserId == userId, ct) is not { } device
            || !await MayStillActAsync(db, by, ct))
        {
            return false;
        }

        device.Rename(name);
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.DeviceRenamed, by, clock.GetUtcNow(), subject: userId, reason: name.Text));
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        signal.Publish(new SessionChange(userId, null, SessionChangeKind.Updated));
        return true;
    }

    private static async Task<bool> MayStillActAsync(PortalDbContext db, Actor by, CancellationToken ct)
    {
        SessionId? from = by.SessionId is { } id ? new SessionId(id) : null;
        return from is null || await db.Sessions.NotEnded().AnyAsync(s => s.Id == from, ct);
    }
}
