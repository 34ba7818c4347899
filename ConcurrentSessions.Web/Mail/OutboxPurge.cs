using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Mail;

/// <summary>Mails that were sent or given up, after thirty days; the texts of those given up, after seven.</summary>
internal sealed class OutboxPurge(TimeProvider clock) : IPurge
{
    private const int Some = 1000;

    private static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    private static readonly TimeSpan TextRetention = TimeSpan.FromDays(7);

    public async Task<int> PurgeSomeAsync(PortalDbContext db, CancellationToken ct)
    {
        var (before, textBefore) = (clock.GetUtcNow() - Retention, clock.GetUtcNow() - TextRetention);
        var wiped = await db.Outbox.Where(m => m.FailedAt < textBefore && m.TextBody != "")
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.TextBody, "").SetProperty(m => m.HtmlBody, ""), ct);
        var old = db.Outbox.Where(m => (m.SentAt != null || m.FailedAt != null) && m.CreatedAt < before).OrderBy(m => m.CreatedAt).Take(Some).Select(m => m.Id);
        return wiped + await db.Outbox.Where(m => old.Contains(m.Id)).ExecuteDeleteAsync(ct);
    }
}
