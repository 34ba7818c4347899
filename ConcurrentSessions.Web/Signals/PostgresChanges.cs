using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Signals;

/// <summary>
/// On PostgreSQL transactions commit in another order than they take their numbers. So each reading starts at the oldest
/// transaction that was still under way at the one before (the snapshot's xmin), and leaves out what it has told already.
/// </summary>
internal sealed class PostgresChanges : IChangeReader
{
    private Dictionary<long, long> told = [];
    private long? horizon;

    public TimeSpan Tick => TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<Change>> ReadAsync(PortalDbContext db, CancellationToken ct)
    {
        // The horizon first: what was finished before it is seen by the reading that comes after it.
        var next = await db.Database.SqlQuery<long>($"""SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "Value" """).SingleAsync(ct);
        if (horizon is not { } from)
        {
            horizon = next;
            return [];
        }

        var known = told.Keys.ToArray();
        var changes = await db.Changes.AsNoTracking()
            .Where(c => c.Transaction >= from && !known.Contains(c.Sequence))
            .OrderBy(c => c.Sequence).ToListAsync(ct);
        told = told.Concat(changes.Select(c => KeyValuePair.Create(c.Sequence, c.Transaction)))
            .Where(c => c.Value >= next).ToDictionary();
        horizon = next;
        return changes;
    }
}
