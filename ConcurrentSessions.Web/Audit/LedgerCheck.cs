using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Audit;

/// <summary>Proves, or disproves, that nobody edited the history: every event, every place in the chain, every checkpoint inside and outside the database.</summary>
public sealed class LedgerCheck(IDbContextFactory<PortalDbContext> databases, Ledger ledger)
{
    private const int Step = 2000;

    /// <param name="progress">Told the number of the last event looked at, and of the last there is.</param>
    public async Task<LedgerReport> RunAsync(IProgress<(long Done, long All)>? progress, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);

        // First the checkpoints, then the end: whatever one of them signed is then in what is read.
        List<Checkpoint> checkpoints = [.. await db.AuditCheckpoints.AsNoTracking().ToListAsync(ct), .. ledger.File.Read()];
        var end = (await Ledger.EndAsync(db, ct))?.Number ?? 0;
        if (ledger.Key is { } key && checkpoints.Find(c => !key.HasSigned(c)) is { } forged)
        {
            return new(0, 0, end, null, new(forged.Number, $"the checkpoint at event {forged.Number} is not signed by a key that Audit:SigningKey names (it says {forged.KeyId})"));
        }

        var start = checkpoints.Where(c => c.Kind == CheckpointKind.Retention).MaxBy(c => c.Number);
        var walk = new ChainWalk(start, checkpoints);
        while (walk.Problem is null && await ReadAsync(db, walk.Number, end, ct) is { Count: > 0 } some)
        {
            foreach (var (link, happened) in some)
            {
                walk.Take(link, happened);
            }

            progress?.Report((walk.Number, end));
        }

        var problem = walk.Problem ?? walk.MissingEnd() ?? await OutsideAsync(db, ct);
        var signed = ledger.Key is null ? null : checkpoints.Where(c => c.Number <= walk.Number).MaxBy(c => c.Number);
        return new(walk.Events, start?.Number ?? 0, walk.Number, signed, problem);
    }

    private static async Task<List<(ChainLink, AuditEvent?)>> ReadAsync(PortalDbContext db, long after, long end, CancellationToken ct)
    {
        var rows = await db.AuditChain.AsNoTracking().Where(l => l.Number > after && l.Number <= end).OrderBy(l => l.Number).Take(Step)
            .LeftJoin(db.AuditEvents, l => l.Event, e => e.Sequence, (l, e) => new { Link = l, Event = e })
            .OrderBy(r => r.Link.Number).ToListAsync(ct);
        return [.. rows.Select(r => (r.Link, (AuditEvent?)r.Event))];
    }

    private static async Task<LedgerProblem?> OutsideAsync(PortalDbContext db, CancellationToken ct)
    {
        var outside = await db.Outside().OrderBy(e => e.Sequence).Select(e => (long?)e.Sequence).FirstOrDefaultAsync(ct);
        return outside is { } row ? new(null, $"an event that has no place in the ledger was inserted (row {row} of AuditEvents)") : null;
    }
}

/// <param name="Events">How many were verified.</param>
/// <param name="Start">The event after which the ledger begins: 0, or the last that retention removed.</param>
/// <param name="Last">The last event verified.</param>
/// <param name="Newest">The newest checkpoint that covers them; null when nothing is signed.</param>
/// <param name="Problem">The first; null when there is none.</param>
public sealed record LedgerReport(long Events, long Start, long Last, Checkpoint? Newest, LedgerProblem? Problem)
{
    /// <summary>The result in one sentence.</summary>
    public string Sentence => Problem is { } problem
        ? problem.Number is { } number ? $"The audit ledger is broken at event {number}: {problem.What}." : $"The audit ledger is broken: {problem.What}."
        : $"{Events} events{(Start > 0 ? $" after event {Start}" : "")}, verified up to event {Last}; {Covered}.";

    private string Covered => Newest is { } checkpoint
        ? $"signed up to event {checkpoint.Number} (checkpoint of {checkpoint.At.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, key {checkpoint.KeyId})"
        : "nothing is signed, so a ledger that was rewritten as a whole or cut off at its end would look the same";
}

/// <param name="Number">Where; null when it has no place.</param>
/// <param name="What">The rest of a sentence.</param>
public sealed record LedgerProblem(long? Number, string What);
