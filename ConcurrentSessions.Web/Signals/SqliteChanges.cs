using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Signals;

/// <summary>
/// SQLite has one writer at a time, so numbers grow as changes are committed. What this process changes is told at once by
/// whoever does it; this hears what others do to the file: the operator's verbs, or somebody with a shell.
/// </summary>
internal sealed class SqliteChanges : IChangeReader
{
    private long? last;

    public TimeSpan Tick => TimeSpan.FromMilliseconds(500);

    public async Task<IReadOnlyList<Change>> ReadAsync(PortalDbContext db, CancellationToken ct)
    {
        if (last is not { } read)
        {
            last = await db.Changes.MaxAsync(c => (long?)c.Sequence, ct) ?? 0;
            return [];
        }

        var changes = await db.Changes.AsNoTracking().Where(c => c.Sequence > read).OrderBy(c => c.Sequence).ToListAsync(ct);
        last = changes is [.., var newest] ? newest.Sequence : read;
        return changes;
    }
}
