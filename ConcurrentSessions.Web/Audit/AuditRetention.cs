using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Audit;

/// <summary>
/// Removes events older than <see cref="AuditSettings.RetentionDays"/>. First a checkpoint of its own kind signs where the ledger
/// begins from now on; what lies before it the triggers let go, and nothing else.
/// </summary>
internal sealed class AuditRetention(Ledger ledger, IOptions<AuditSettings> settings, TimeProvider clock) : IPurge
{
    private const int Some = 1000;

    public async Task<int> PurgeSomeAsync(PortalDbContext db, CancellationToken ct)
    {
        if (settings.Value.RetentionDays is not { } days || ledger.Key is null)
        {
            return 0;
        }

        await SignStartAsync(db, clock.GetUtcNow() - TimeSpan.FromDays(days), ct);
        return db.Database.IsNpgsql()
            ? await db.Database.SqlQuery<int>($"SELECT portal_audit_purge({Some}) AS \"Value\"").SingleAsync(ct)
            : await PurgeHereAsync(db, ct);
    }

    private async Task SignStartAsync(PortalDbContext db, DateTimeOffset before, CancellationToken ct)
    {
        var start = await StartAsync(db, ct);
        var chain = db.AuditChain.AsNoTracking().Where(l => l.Number > start);
        var young = db.AuditEvents.Where(e => e.At >= before);

        // The last event stays in any case: the next one is chained to it.
        var kept = await chain.Join(young, l => l.Event, e => e.Sequence, (l, _) => l.Number).OrderBy(n => n).Select(n => (long?)n).FirstOrDefaultAsync(ct)
            ?? (await Ledger.EndAsync(db, ct))?.Number ?? 0;
        if (await chain.Where(l => l.Number < kept).OrderByDescending(l => l.Number).FirstOrDefaultAsync(ct) is { } last)
        {
            var checkpoint = ledger.Sign(CheckpointKind.Retention, last);
            db.AuditCheckpoints.Add(checkpoint);
            await db.SaveChangesAsync(ct);
            ledger.File.Append(checkpoint);
        }
    }

    private static async Task<long> StartAsync(PortalDbContext db, CancellationToken ct) =>
        await db.AuditCheckpoints.Where(c => c.Kind == CheckpointKind.Retention).MaxAsync(c => (long?)c.Number, ct) ?? 0;

    private static async Task<int> PurgeHereAsync(PortalDbContext db, CancellationToken ct)
    {
        await using var turn = await db.TakeTurnOfAsync("purge", ct);
        var start = await StartAsync(db, ct);
        var old = await db.AuditChain.AsNoTracking().Where(l => l.Number <= start).OrderBy(l => l.Number).Take(Some).ToListAsync(ct);
        var (numbers, events) = (old.Select(l => l.Number).ToList(), old.Select(l => l.Event).ToList());
        await db.AuditEvents.Where(e => events.Contains(e.Sequence)).ExecuteDeleteAsync(ct);
        await db.AuditChain.Where(l => numbers.Contains(l.Number)).ExecuteDeleteAsync(ct);
        await turn.CommitAsync();
        return old.Count;
    }
}
