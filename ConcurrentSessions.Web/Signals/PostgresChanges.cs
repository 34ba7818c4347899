using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
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
        var (from, known) = (horizon ?? long.MaxValue, told.Keys.ToArray());
        var rows = await db.Database.SqlQuery<Row>($"""
            SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS "Horizon", c.*
            FROM (SELECT 1) AS always LEFT JOIN "Changes" c ON c."Transaction" >= {from} AND c."Sequence" <> ALL ({known})
            """).ToListAsync(ct);

        // Of the same snapshot: whatever was finished before it is in what was read.
        var next = rows[0].Horizon;
        var changes = rows.Where(r => r.Sequence is not null).OrderBy(r => r.Sequence).ToList();
        told = told.Concat(changes.Select(r => KeyValuePair.Create(r.Sequence!.Value, r.Transaction!.Value)))
            .Where(c => c.Value >= next).ToDictionary();
        horizon = next;
        return [.. changes.Select(r => Change.Read(r.UserId, r.SessionId, Enum.Parse<SessionChangeKind>(r.Kind!), r.At!.Value))];
    }

    private sealed record Row(long Horizon, long? Sequence, long? Transaction, string? UserId, Guid? SessionId, string? Kind, DateTimeOffset? At);
}
