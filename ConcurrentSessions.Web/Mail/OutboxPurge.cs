using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Mail;

/// <summary>Mails that were sent or given up, after thirty days. Their texts went when they were sent.</summary>
internal sealed class OutboxPurge(TimeProvider clock) : IPurge
{
    private const int Some = 1000;

    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    public Task<int> PurgeSomeAsync(PortalDbContext db, CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Retention;
        var old = db.Outbox.Where(m => (m.SentAt != null || m.FailedAt != null) && m.CreatedAt < before).OrderBy(m => m.CreatedAt).Take(Some).Select(m => m.Id);
        return db.Outbox.Where(m => old.Contains(m.Id)).ExecuteDeleteAsync(ct);
    }
}
