using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>How many sessions are signed in, on all nodes: one count along an index.</summary>
internal sealed class ActiveSessionCount(IDbContextFactory<PortalDbContext> databases, SessionMetrics metrics, TimeProvider clock) : IMeasurement
{
    public bool IsWanted => metrics.IsActiveWanted;

    public async Task TakeAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        metrics.SetActive(await db.Sessions.NotEnded().LongCountAsync(s => s.IdleExpiresAt > now, ct));
    }

    public void Forget() => metrics.SetActive(null);
}
