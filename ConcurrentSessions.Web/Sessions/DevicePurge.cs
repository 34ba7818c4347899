using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Devices whose cookie has expired: no browser can bring their key any more.</summary>
internal sealed class DevicePurge(TimeProvider clock) : IPurge
{
    private const int Some = 500;

    public Task<int> PurgeSomeAsync(PortalDbContext db, CancellationToken ct)
    {
        var (before, sessions) = (clock.GetUtcNow() - Device.Lifetime, db.Sessions);

        // One from before its sign-ins were kept has been used as long as it has a session.
        var old = db.Devices.Where(d => d.FirstSeenAt < before
                && (d.LastSignedInAt == null ? !sessions.Any(s => s.UserId == d.UserId && s.DeviceId == d.Id) : d.LastSignedInAt < before))
            .OrderBy(d => d.Id).Take(Some).Select(d => d.Id);
        return db.Devices.Where(d => old.Contains(d.Id)).ExecuteDeleteAsync(ct);
    }
}
