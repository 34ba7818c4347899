using System.Runtime.CompilerServices;
using System.Text.Json;
using ConcurrentSessions.Web.Data;
using CsvHelper;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Audit;

/// <summary>Writes the whole trail, in the order of the ledger, and writes down that it did.</summary>
public sealed class AuditExport(IDbContextFactory<PortalDbContext> databases, Ledger ledger, TimeProvider clock)
{
    private const int Step = 2000;

    /// <summary>For a check that trusts nobody: an object a line, with the ledger's hashes and checkpoints, closed by a checkpoint of its own.</summary>
    public async Task WriteJsonLinesAsync(TextWriter output, Actor by, CancellationToken ct)
    {
        var last = await BeginAsync("JSON Lines", by, ct);
        await using var db = await databases.CreateDbContextAsync(ct);
        var checkpoints = await db.AuditCheckpoints.AsNoTracking().Where(c => c.Number <= last.Number).OrderBy(c => c.Number).ThenBy(c => c.Id).ToListAsync(ct);
        var start = checkpoints.FindLast(c => c.Kind == CheckpointKind.Retention);
        var inside = new Queue<Checkpoint>(checkpoints.Where(c => c.Number > (start?.Number ?? 0)));
        if (start is not null)
        {
            await WriteAsync(output, CheckpointLine.Of(start));
        }

        await foreach (var line in ReadAsync(start?.Number ?? 0, last.Number, ct))
        {
            await WriteAsync(output, line);
            while (inside.TryPeek(out var next) && next.Number <= line.Number)
            {
                await WriteAsync(output, CheckpointLine.Of(inside.Dequeue()));
            }
        }

        // What has no place in the ledger is not left out of what an auditor sees: it breaks the check there too.
        await foreach (var stray in db.Outside().AsAsyncEnumerable().WithCancellation(ct))
        {
            await WriteAsync(output, EventLine.Of(null, stray));
        }

        if (ledger.Key is not null)
        {
            await WriteAsync(output, CheckpointLine.Of(ledger.Sign(CheckpointKind.Export, last)));
        }
    }

    /// <summary>For a spreadsheet: a field that it would take for a formula gets a leading apostrophe (OWASP, CSV injection).</summary>
    public async Task WriteCsvAsync(TextWriter output, Actor by, CancellationToken ct)
    {
        var last = await BeginAsync("CSV", by, ct);
        await using var csv = new CsvWriter(output, CsvRules.NoFormulas(), leaveOpen: true);
        csv.WriteHeader<EventLine>();
        await csv.NextRecordAsync();
        await foreach (var line in ReadAsync(0, last.Number, ct))
        {
            csv.WriteRecord(line);
            await csv.NextRecordAsync();
        }
    }

    // The export is the last event it holds. (OWASP calls it a read of what is sensitive.)
    private async Task<ChainLink> BeginAsync(string format, Actor by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.SensitiveRead, by, clock.GetUtcNow(), reason: $"the whole audit trail, as {format}"));
        await db.SaveChangesAsync(ct);
        return (await Ledger.EndAsync(db, ct))!;
    }

    private async IAsyncEnumerable<EventLine> ReadAsync(long after, long last, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        while (after < last)
        {
            var some = await db.AuditChain.AsNoTracking().Where(l => l.Number > after && l.Number <= last).OrderBy(l => l.Number).Take(Step)
                .Join(db.AuditEvents, l => l.Event, e => e.Sequence, (l, e) => new { Link = l, Event = e })
                .OrderBy(r => r.Link.Number).ToListAsync(ct);
            foreach (var row in some)
            {
                yield return EventLine.Of(row.Link, row.Event);
            }

            after = some is [.., var end] ? end.Link.Number : last;
        }
    }

    private static Task WriteAsync<T>(TextWriter output, T line) => output.WriteAsync(JsonSerializer.Serialize(line, LedgerJson.Options) + "\n");
}
