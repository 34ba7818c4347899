using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Mail;

/// <summary>How the mails fare: for administrators.</summary>
public sealed class OutboxFigures(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    /// <summary>A mail that waits longer than this is late: something is wrong with the mail server.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(15);

    /// <param name="lately">How far back to look for what was promised and given up.</param>
    public async Task<MailFigures> CountAsync(TimeSpan lately, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var first = Guid.CreateVersion7(now - lately); // ids begin with the time they were made
        var waiting = db.Outbox.Where(m => m.SentAt == null && m.FailedAt == null);
        var recent = db.Outbox.Where(m => m.Id.CompareTo(first) >= 0);
        var oldest = await waiting.MinAsync(m => (DateTimeOffset?)m.CreatedAt, ct);
        return new(
            await waiting.CountAsync(ct), now - oldest > Late,
            await recent.CountAsync(m => m.FailedAt != null, ct), await recent.CountAsync(m => m.Kind == "new sign-in", ct));
    }
}

/// <param name="Waiting">Promised and neither sent nor given up.</param>
/// <param name="AreLate">One of them has waited for longer than a working mail server lets it.</param>
/// <param name="GivenUp">Lately.</param>
/// <param name="Alerts">Mails about a new device or place, lately.</param>
public sealed record MailFigures(int Waiting, bool AreLate, int GivenUp, int Alerts);
