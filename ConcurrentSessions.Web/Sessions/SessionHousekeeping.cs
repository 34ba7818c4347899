using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Ends what is over by time or by a change of its user, and purges what ended long ago.</summary>
public sealed class SessionHousekeeping(
    IDbContextFactory<PortalDbContext> databases, SessionEnder ender, IOptions<SessionSettings> settings, TimeProvider clock,
    ILogger<SessionHousekeeping> logger)
{
    private const int Batch = 1000;
    private const int MostPurgedAtOnce = 2000;

    // What another node has seen of a session in the meantime, and not written down yet, must not end it early.
    private static readonly TimeSpan Unwritten = SessionActivityWriter.Interval + TimeSpan.FromSeconds(10);

    // No transaction of a purge may keep a sign-in waiting for longer than 50 ms.
    private static readonly TimeSpan LongestPurge = TimeSpan.FromMilliseconds(40);

    /// <summary>Ends sessions past their idle timeout or absolute lifetime.</summary>
    /// <returns>How many ended.</returns>
    public async Task<int> EndExpiredAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        var unused = db.Database.IsNpgsql() ? now - Unwritten : now;
        return await EndWhereAsync(EndReason.IdleTimeout,
            db => db.Sessions.NotEnded().Where(s => s.IdleExpiresAt <= unused || s.ExpiresAt <= now).OrderBy(s => s.IdleExpiresAt),
            session => session.Expired(unused) is not null || session.ExpiresAt <= now, ct);
    }

    /// <summary>Ends sessions whose user was disabled, locked or deleted, or proved other credentials, by whatever way that happened.</summary>
    /// <returns>How many ended.</returns>
    public Task<int> EndDisownedAsync(CancellationToken ct) => EndDisownedAsync(db => db.Sessions.NotEnded(), ct);

    /// <summary>The same for some users only.</summary>
    /// <returns>How many ended.</returns>
    public async Task<int> EndDisownedAsync(IReadOnlyCollection<string> users, CancellationToken ct)
    {
        var ended = 0;
        foreach (var some in users.Chunk(Batch))
        {
            ended += await EndDisownedAsync(db => db.Sessions.NotEnded().Where(s => some.Contains(s.UserId)), ct);
        }

        return ended;
    }

    /// <summary>
    /// Removes sessions that ended longer ago than the retention, and sign-ins that no longer wait; in batches, each with its
    /// audit event, and resting after each as long as it took. Audit events stay.
    /// </summary>
    /// <returns>How many sessions were removed.</returns>
    public async Task<int> PurgeAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - settings.Value.Retention;
        await using (var db = await databases.CreateDbContextAsync(ct))
        {
            var now = clock.GetUtcNow();
            await db.PendingSignIns.Where(p => p.ExpiresAt <= now).ExecuteDeleteAsync(ct);
            await db.PendingFactors.Where(p => p.ExpiresAt <= now && p.Failures == 0).ExecuteDeleteAsync(ct); // of the others their owners are told first
        }

        var (all, size, removed) = (0, 100, 1);
        while (removed > 0)
        {
            var start = clock.GetTimestamp();
            removed = await PurgeAsync(before, size, ct);
            var took = clock.GetElapsedTime(start);
            all += removed;
            size = took > LongestPurge ? Math.Max(size / 2, 10) : took < LongestPurge / 3 ? Math.Min(size * 2, MostPurgedAtOnce) : size;
            if (removed > 0)
            {
                logger.LogInformation("Purged {Removed} sessions so far", all);
                await Task.Delay(took, clock, ct);
            }
        }

        return all;
    }

    private async Task<int> PurgeAsync(DateTimeOffset before, int size, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnOfAsync("purge", ct);
        var old = db.Sessions.Where(s => s.EndedAt < before).OrderBy(s => s.EndedAt).Take(size).Select(s => s.Id);
        var removed = await db.Sessions.Where(s => old.Contains(s.Id)).ExecuteDeleteAsync(ct);
        if (removed > 0)
        {
            db.AuditEvents.Add(AuditEvent.Of(
                AuditNames.SessionsPurged, Actor.Portal, clock.GetUtcNow(), reason: $"{removed} sessions that ended before {before:u}"));
            await db.SaveChangesAsync(ct);
            await turn.CommitAsync();
        }

        return removed;
    }

    private async Task<int> EndDisownedAsync(Func<PortalDbContext, IQueryable<Session>> among, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var disabled = await EndWhereAsync(EndReason.UserDisabled, db => from s in among(db)
                                                                         join u in db.Users on s.UserId equals u.Id
                                                                         where u.DisabledAt != null || u.LockoutEnd > now
                                                                         orderby s.Id
                                                                         select s, _ => true, ct);
        var changed = await EndWhereAsync(EndReason.CredentialsChanged, db => from s in among(db)
                                                                              join u in db.Users on s.UserId equals u.Id
                                                                              where u.SecurityStamp != s.SecurityStamp
                                                                              orderby s.Id
                                                                              select s, _ => true, ct);
        return disabled + changed;
    }

    private async Task<int> EndWhereAsync(
        EndReason reason, Func<PortalDbContext, IQueryable<Session>> which, Func<Session, bool> still, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var found = await which(db).Select(s => new { s.Id, s.UserId }).Take(Batch).ToListAsync(ct);
        var ended = 0;
        foreach (var user in found.GroupBy(s => s.UserId, s => s.Id))
        {
            var ids = user.ToHashSet();
            ended += await ender.EndAsync(user.Key, reason, Actor.Portal, (_, sessions) =>
                Task.FromResult<IReadOnlyList<Session>>([.. sessions.Where(s => ids.Contains(s.Id) && still(s))]), ct);
        }

        return ended;
    }
}
