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

    /// <summary>Gives a device of this user a name that its next sign-ins keep.</summary>
    /// <returns>False when the user has no such device.</returns>
    public async Task<bool> RenameAsync(string userId, Guid deviceId, DeviceName name, Actor by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await db.Devices.SingleOrDefaultAsync(d => d.Id == deviceId && d.UserId == userId, ct) is not { } device)
        {
            return false;
        }

        device.Rename(name);
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.DeviceRenamed, by, clock.GetUtcNow(), subject: userId, reason: name.Text));
        await db.SaveChangesAsync(ct);
        signal.Publish(new SessionChange(userId, null, SessionChangeKind.Updated));
        return true;
    }
}
