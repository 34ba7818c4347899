using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Ends what is over by time or by a change of its user, and purges what ended long ago.</summary>
public sealed class SessionHousekeeping(
    IDbContextFactory<PortalDbContext> databases, SessionEnder ender, IOptions<SessionSettings> settings, TimeProvider clock)
{
    private const int Batch = 200;

    /// <summary>Ends sessions past their idle timeout or absolute lifetime.</summary>
    /// <returns>How many ended.</returns>
    public async Task<int> EndExpiredAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return await EndWhereAsync(EndReason.IdleTimeout,
            db => db.Sessions.NotEnded().Where(s => s.IdleExpiresAt <= now || s.ExpiresAt <= now),
            session => session.Expired(now) is not null, ct);
    }

    /// <summary>Ends sessions whose user was disabled, locked or deleted, or proved other credentials, by whatever way that happened.</summary>
    /// <returns>How many ended.</returns>
    public async Task<int> EndDisownedAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var disabled = await EndWhereAsync(EndReason.UserDisabled, db => from s in db.Sessions.NotEnded()
                                                                         join u in db.Users on s.UserId equals u.Id
                                                                         where u.DisabledAt != null || u.LockoutEnd > now
                                                                         select s, _ => true, ct);
        var changed = await EndWhereAsync(EndReason.CredentialsChanged, db => from s in db.Sessions.NotEnded()
                                                                              join u in db.Users on s.UserId equals u.Id
                                                                              where u.SecurityStamp != s.SecurityStamp
                                                                              select s, _ => true, ct);
        return disabled + changed;
    }

    /// <summary>Removes sessions that ended longer ago than the retention, and sign-ins that no longer wait. Audit events stay.</summary>
    /// <returns>How many sessions were removed.</returns>
    public async Task<int> PurgeAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        await db.PendingSignIns.Where(p => p.ExpiresAt <= now).ExecuteDeleteAsync(ct);
        var before = now - settings.Value.Retention;
        var removed = 0;
        int batch;
        do
        {
            var old = db.Sessions.Where(s => s.EndedAt < before).OrderBy(s => s.EndedAt).Take(Batch).Select(s => s.Id);
            batch = await db.Sessions.Where(s => old.Contains(s.Id)).ExecuteDeleteAsync(ct);
            removed += batch;
        }
        while (batch == Batch);

        if (removed > 0)
        {
            db.AuditEvents.Add(AuditEvent.Of(AuditNames.SessionsPurged, Actor.Portal, now, reason: $"{removed} sessions that ended before {before:u}"));
            await db.SaveChangesAsync(ct);
        }

        return removed;
    }

    private async Task<int> EndWhereAsync(
        EndReason reason, Func<PortalDbContext, IQueryable<Session>> which, Func<Session, bool> still, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var found = await which(db).Select(s => new { s.Id, s.UserId }).Take(Batch * 5).ToListAsync(ct);
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
