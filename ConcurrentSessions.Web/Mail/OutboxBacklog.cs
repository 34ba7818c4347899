using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Mail;

/// <summary>How many mails wait, and since when.</summary>
internal sealed class OutboxBacklog(IDbContextFactory<PortalDbContext> databases, OutboxMetrics metrics) : IMeasurement
{
    public bool IsWanted => metrics.IsBacklogWanted;

    public async Task TakeAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var waiting = db.Outbox.Where(m => m.SentAt == null && m.FailedAt == null);
        metrics.SetBacklog(await waiting.LongCountAsync(ct), await waiting.MinAsync(m => (DateTimeOffset?)m.CreatedAt, ct));
    }

    public void Forget() => metrics.ForgetBacklog();
}
