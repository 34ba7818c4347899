using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// Writes what was noted of activity, in batches, at most twice a minute for each session. Rows that somebody is changing
/// at the moment are left as they are, and ended sessions as they ended.
/// </summary>
public sealed class SessionActivityWriter(
    IDbContextFactory<PortalDbContext> databases, SessionActivity activity, TimeProvider clock)
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private const int Batch = 500;

    // By what passes, not by what the clock says: set ahead for a while and put right, it would stop the writing for as long.
    private long writtenAt = clock.GetTimestamp();

    /// <summary>Writes when it is time to.</summary>
    public async Task WriteDueAsync(CancellationToken ct)
    {
        if (clock.GetElapsedTime(writtenAt) >= Interval)
        {
            writtenAt = clock.GetTimestamp();
            await WriteAsync(ct);
        }
    }

    /// <summary>Writes everything noted since the last time.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        foreach (var batch in activity.Unwritten().Chunk(Batch))
        {
            // The times are taken before the writing: what is noted during it is written next time.
            var seen = batch.Select(s => (Noted: s, s.At, s.PageUsedAt)).ToArray();
            await using (var db = await databases.CreateDbContextAsync(ct))
            {
                await (db.Database.IsNpgsql() ? WriteAtOnceAsync(db, seen, ct) : WriteOneByOneAsync(db, seen, ct));
            }

            foreach (var (noted, at, _) in seen)
            {
                activity.Written(noted, at);
            }
        }
    }

    // One statement, which waits for nobody: a row that is locked is just being ended or renewed.
    private static Task<int> WriteAtOnceAsync(PortalDbContext db, (LastSeen Noted, DateTimeOffset At, DateTimeOffset? PageUsedAt)[] seen, CancellationToken ct)
    {
        var ids = seen.Select(s => s.Noted.Session.Value).ToArray();
        var times = seen.Select(s => s.At).ToArray();
        var pages = seen.Select(s => s.PageUsedAt).ToArray();
        return db.Database.ExecuteSqlAsync($"""
            WITH noted AS (SELECT * FROM unnest({ids}, {times}, {pages}) AS n(id, at, page)),
                 living AS (SELECT "Id" FROM "Sessions" WHERE "Id" = ANY({ids}) AND "EndedAt" IS NULL FOR UPDATE SKIP LOCKED)
            UPDATE "Sessions" s SET "LastSeenAt" = GREATEST(n.at, s."LastSeenAt"), "PageUsedAt" = GREATEST(n.page, s."PageUsedAt"),
                "IdleExpiresAt" = LEAST(GREATEST(n.at, s."LastSeenAt") + s."IdleTimeout", s."ExpiresAt")
            FROM noted n JOIN living l ON l."Id" = n.id
            WHERE s."Id" = n.id AND (s."LastSeenAt" < n.at OR n.page > COALESCE(s."PageUsedAt", '-infinity'))
            """, ct);
    }

    private static async Task<int> WriteOneByOneAsync(PortalDbContext db, (LastSeen Noted, DateTimeOffset At, DateTimeOffset? PageUsedAt)[] seen, CancellationToken ct)
    {
        await using var turn = await db.Database.BeginTransactionAsync(ct);
        var times = seen.ToDictionary(s => s.Noted.Session);
        var sessions = await db.Sessions.NotEnded().Where(s => times.Keys.Contains(s.Id)).ToListAsync(ct);
        foreach (var session in sessions)
        {
            session.Touch(times[session.Id].At);
            session.UsePage(times[session.Id].PageUsedAt);
        }

        var written = await db.SaveChangesAsync(ct);
        await turn.CommitAsync(ct);
        return written;
    }
}
