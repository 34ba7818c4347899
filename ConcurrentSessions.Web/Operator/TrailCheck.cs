using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Operator;

/// <summary>Compares the trail with the sessions it must tell of.</summary>
/// <param name="WithoutStart">Sessions of which no event says that they began.</param>
/// <param name="WithoutEnd">Ended sessions of which no event says so.</param>
/// <param name="OutOfOrder">Events written more than a minute after a later one: a clock was set back, or rows were inserted.</param>
internal sealed record TrailCheck(int Events, int Sessions, IReadOnlyList<Guid> WithoutStart, IReadOnlyList<Guid> WithoutEnd, int OutOfOrder)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    public static async Task<TrailCheck> RunAsync(PortalDbContext db, CancellationToken ct)
    {
        // Sessions first: the events of whatever was read here are then in the table, also while people sign in.
        // What began before the oldest event that retention has kept is not to be told any more.
        var since = await db.AuditCheckpoints.AnyAsync(c => c.Kind == CheckpointKind.Retention, ct)
            ? await db.AuditEvents.MinAsync(e => (DateTimeOffset?)e.At, ct) ?? DateTimeOffset.MaxValue
            : DateTimeOffset.MinValue;
        var sessions = await db.Sessions.AsNoTracking().Where(s => s.StartedAt >= since).Select(s => new { s.Id, Ended = s.EndedAt != null }).ToListAsync(ct);
        var (starts, ends) = (sessions.Select(s => s.Id.Value).ToHashSet(), sessions.Where(s => s.Ended).Select(s => s.Id.Value).ToHashSet());
        var (count, outOfOrder, latest) = (0, 0, DateTimeOffset.MinValue);
        await foreach (var line in db.AuditEvents.AsNoTracking().OrderBy(e => e.Sequence)
            .Select(e => new { e.At, e.Name, e.SessionId }).AsAsyncEnumerable().WithCancellation(ct))
        {
            count++;
            outOfOrder += line.At + Tolerance < latest ? 1 : 0;
            latest = line.At > latest ? line.At : latest;
            Strike(line.Name, line.SessionId, starts, ends);
        }

        return new(count, sessions.Count, [.. starts], [.. ends], outOfOrder);
    }

    private static void Strike(string name, Guid? session, HashSet<Guid> starts, HashSet<Guid> ends)
    {
        if (session is not { } id)
        {
            return;
        }

        var about = name switch
        {
            AuditNames.SessionCreated => starts,
            AuditNames.SessionEnded or AuditNames.SessionExpired => ends,
            _ => null,
        };
        about?.Remove(id);
    }
}
