using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Reads, changes and combines the limits of roles and users.</summary>
public sealed class RoleLimits(
    IDbContextFactory<PortalDbContext> databases, SessionEnder ender, ISessionSignal signal, IOptions<SessionSettings> settings, TimeProvider clock)
{
    /// <summary>What holds for a user, and why; within the caller's context, so that it is read in the user's turn.</summary>
    public async Task<EffectiveRules> EffectiveAsync(PortalDbContext db, string userId, CancellationToken ct)
    {
        var (limits, memberships, names, own) = (db.RoleLimits, db.UserRoles, db.Roles, db.UserLimits);
        var found = await db.Users.Where(u => u.Id == userId).AsNoTracking().LeftJoin(own, u => u.Id, l => l.UserId, (u, ownLimit) => new
        {
            Own = ownLimit,
            Roles = (from m in memberships
                     join r in names on m.RoleId equals r.Id
                     join l in limits on r.Name equals l.Role into ofRole
                     from limit in ofRole.DefaultIfEmpty()
                     where m.UserId == u.Id
                     orderby r.Name
                     select new { r.Name, Limit = limit }).ToList(),
        }).SingleOrDefaultAsync(ct);
        return EffectiveRules.Combine([.. (found?.Roles ?? []).Select(r => (r.Name!, r.Limit?.Rules ?? Default))], found?.Own, Default);
    }

    public async Task<EffectiveRules> EffectiveAsync(string userId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await EffectiveAsync(db, userId, ct);
    }

    /// <summary>Every role with its rules and whom they concern now.</summary>
    public async Task<IReadOnlyList<RoleLimitView>> ListAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var (limits, memberships, sessions, now) = (db.RoleLimits, db.UserRoles, db.Sessions, clock.GetUtcNow());
        var roles = await db.Roles.OrderBy(r => r.Name).Select(r => new
        {
            r.Name,
            Limit = limits.FirstOrDefault(l => l.Role == r.Name),
            Users = memberships.Count(m => m.RoleId == r.Id),
            Sessions = sessions.Count(s => s.EndedAt == null && s.IdleExpiresAt > now
                && memberships.Any(m => m.RoleId == r.Id && m.UserId == s.UserId)),
        }).AsNoTracking().ToListAsync(ct);
        return [.. roles.Select(r => new RoleLimitView(r.Name!, r.Limit?.Rules ?? Default, r.Limit is null, r.Users, r.Sessions))];
    }

    /// <summary>
    /// Changes a role's rules. New lifetimes hold at once, for living sessions too; a lower limit is enforced now
    /// (the least recently used end) or at the users' next sign-ins.
    /// </summary>
    /// <returns>How many sessions it ended.</returns>
    /// <exception cref="ArgumentException">The rules contradict themselves, or there is no such role; the message says how.</exception>
    public async Task<int> ChangeAsync(string role, SessionRules rules, bool enforceNow, Actor by, CancellationToken ct)
    {
        if (rules.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(rules));
        }

        var users = await SaveAsync(role, rules, enforceNow, by, ct);
        var ended = 0;
        foreach (var user in users)
        {
            ended += await ApplyAsync(user, enforceNow, by, ct);
        }

        return ended;
    }

    /// <summary>Gives a user a number of seats that wins over every role; null takes it away again.</summary>
    /// <returns>How many sessions it ended.</returns>
    public async Task<int> ChangeForUserAsync(string userId, UserLimit? limit, bool enforceNow, Actor by, CancellationToken ct)
    {
        await using (var db = await databases.CreateDbContextAsync(ct))
        {
            await using var turn = await db.TakeTurnAsync(userId, ct);
            await db.UserLimits.Where(l => l.UserId == userId).ExecuteDeleteAsync(ct);
            if (limit is not null)
            {
                db.UserLimits.Add(limit);
            }

            var said = limit is null ? "none of their own" : limit.Seats is { } seats ? $"{seats} sessions" : "unlimited sessions";
            db.AuditEvents.Add(AuditEvent.Of(AuditNames.UserLimitChanged, by, clock.GetUtcNow(), subject: userId, reason: said));
            await db.SaveChangesAsync(ct);
            await turn.CommitAsync();
        }

        return await ApplyAsync(userId, enforceNow, by, ct);
    }

    private SessionRules Default => settings.Value.Rules();

    private async Task<List<string>> SaveAsync(string role, SessionRules rules, bool enforceNow, Actor by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnOfAsync("role " + role, ct);
        if (!await db.Roles.AnyAsync(r => r.Name == role, ct))
        {
            throw new ArgumentException($"There is no role '{role}'.", nameof(role));
        }

        var limit = await db.RoleLimits.SingleOrDefaultAsync(l => l.Role == role, ct);
        var before = limit?.Rules ?? Default;
        if (limit is null)
        {
            db.RoleLimits.Add(RoleLimit.Of(role, rules));
        }
        else
        {
            limit.ChangeTo(rules);
        }

        db.AuditEvents.Add(AuditEvent.Of(AuditNames.SessionLimitChanged, by, clock.GetUtcNow(),
            reason: $"{role}: {rules} (before: {before}), enforced {(enforceNow ? "now" : "at the next sign-in")}"));
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        return await db.UsersIn(role).ToListAsync(ct);
    }

    private async Task<int> ApplyAsync(string userId, bool enforceNow, Actor by, CancellationToken ct)
    {
        var ended = await ApplyToRowsAsync(userId, enforceNow, by, ct);
        signal.Publish(new SessionChange(userId, null, SessionChangeKind.UserChanged)); // who must set up a second factor is sent to do so
        return ended;
    }

    private async Task<int> ApplyToRowsAsync(string userId, bool enforceNow, Actor by, CancellationToken ct)
    {
        var over = 0;
        var ended = await ender.EndAsync(userId, EndReason.LimitLowered, by, async (db, sessions) =>
        {
            var rules = (await EffectiveAsync(db, userId, ct)).Rules;
            var now = clock.GetUtcNow();
            foreach (var session in sessions.Where(s => s.IsActive(now)))
            {
                session.Apply(rules.LifetimeFor(session.Remembered));
            }

            // Another node may have seen one of these a moment ago and write that down later: what was not counted has ended.
            Session[] idle = [.. sessions.Where(s => !s.IsActive(now))];
            over = idle.Length;
            return enforceNow ? [.. idle, .. rules.Limit.Excess([.. sessions.Except(idle)])] : idle;
        }, ct);
        return ended - over;
    }
}

/// <param name="IsDefault">No administrator has changed it: the settings' values hold.</param>
/// <param name="Users">Members of the role.</param>
/// <param name="Sessions">Their active sessions.</param>
public sealed record RoleLimitView(string Role, SessionRules Rules, bool IsDefault, int Users, int Sessions);
