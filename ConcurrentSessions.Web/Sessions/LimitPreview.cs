using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Tells, before a change is saved, what enforcing it at once would end. It changes nothing.</summary>
public sealed class LimitPreview(
    IDbContextFactory<PortalDbContext> databases, SessionActivity activity, IOptions<SessionSettings> settings, TimeProvider clock)
{
    /// <summary>What new rules of a role would do to its members, each judged by all their roles and their own limit.</summary>
    public async Task<LimitEffect> ForRoleAsync(string role, SessionRules rules, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return Sum(await ForRoleAsync(db, role, rules, ct));
    }

    /// <summary>The same with whom it concerns: those of whom most would end come first.</summary>
    public async Task<DryRun> DryRunAsync(string role, SessionRules rules, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var effects = await ForRoleAsync(db, role, rules, ct);
        var concerned = effects.Where(e => e.Effect.Ending > 0)
            .OrderByDescending(e => e.Effect.Ending).ThenBy(e => e.UserId, StringComparer.Ordinal).ToList();
        var first = concerned.Take(DryRun.Named).Select(e => e.UserId).ToList();
        var emails = await db.Users.Where(u => first.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.Email, ct);
        return new(
            Sum(effects), concerned.Count,
            [.. concerned.Take(DryRun.Named).Select(e => new ConcernedUser(e.UserId, emails.GetValueOrDefault(e.UserId) ?? e.UserId, e.Effect.Ending))]);
    }

    /// <summary>What a number of seats of a user's own would do; with null, what taking it away would.</summary>
    public async Task<LimitEffect> ForUserAsync(string userId, UserLimit? limit, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var only = db.Users.Where(u => u.Id == userId).Select(u => u.Id);
        return Sum(await ForAsync(db, only, (_, saved) => saved, (_, _) => limit, ct));
    }

    private static LimitEffect Sum(List<(string UserId, LimitEffect Effect)> effects) =>
        effects.Aggregate(LimitEffect.None, (sum, e) => sum.Plus(e.Effect));

    private Task<List<(string UserId, LimitEffect Effect)>> ForRoleAsync(PortalDbContext db, string role, SessionRules rules, CancellationToken ct) =>
        ForAsync(db, db.UsersIn(role), (name, saved) => name == role ? rules : saved, (_, own) => own, ct);

    private async Task<List<(string UserId, LimitEffect Effect)>> ForAsync(
        PortalDbContext db, IQueryable<string> users, Func<string, SessionRules, SessionRules> rulesOf,
        Func<string, UserLimit?, UserLimit?> limitOf, CancellationToken ct)
    {
        var roles = await RolesAsync(db, users, ct);
        var saved = await db.RoleLimits.AsNoTracking().ToDictionaryAsync(l => l.Role, l => l.Rules, ct);
        var own = await db.UserLimits.AsNoTracking().Where(l => users.Contains(l.UserId)).ToDictionaryAsync(l => l.UserId, ct);
        var sessions = await db.Sessions.AsNoTracking().NotEnded().Where(s => users.Contains(s.UserId)).ToListAsync(ct);
        var (defaults, effects) = (settings.Value.Rules(), new List<(string, LimitEffect)>());
        foreach (var user in sessions.GroupBy(s => s.UserId))
        {
            var rules = EffectiveRules.Combine(
                [.. roles[user.Key].Select(role => (role, rulesOf(role, saved.GetValueOrDefault(role, defaults))))],
                limitOf(user.Key, own.GetValueOrDefault(user.Key)), defaults).Rules;
            effects.Add((user.Key, EffectOn([.. user], rules)));
        }

        return effects;
    }

    // The same order as the change itself: first the lifetimes, then the seats of those that are still active.
    private LimitEffect EffectOn(List<Session> sessions, SessionRules rules)
    {
        var now = clock.GetUtcNow();
        var before = sessions.FindAll(s => activity.Recall(s).IsActive(now));
        before.ForEach(s => s.Apply(rules.LifetimeFor(s.Remembered)));
        var after = before.FindAll(s => s.IsActive(now));
        var over = rules.Limit.Excess(after).Count;
        return new(over > 0 ? 1 : 0, over, before.Count - after.Count);
    }

    private static async Task<ILookup<string, string>> RolesAsync(PortalDbContext db, IQueryable<string> users, CancellationToken ct)
    {
        var memberships =
            from membership in db.UserRoles
            join role in db.Roles on membership.RoleId equals role.Id
            where users.Contains(membership.UserId)
            select new { membership.UserId, role.Name };
        return (await memberships.ToListAsync(ct)).ToLookup(m => m.UserId, m => m.Name!);
    }
}

/// <param name="Users">How many have more sessions than their limit would allow.</param>
/// <param name="Sessions">How many of their sessions would end, the least recently used.</param>
/// <param name="Expiring">How many sessions the new lifetimes would end, whatever the limit.</param>
public sealed record LimitEffect(int Users, int Sessions, int Expiring)
{
    /// <summary>How many sessions would end in all, were the limit enforced at once.</summary>
    public int Ending => Sessions + Expiring;

    public static LimitEffect None { get; } = new(0, 0, 0);

    public LimitEffect Plus(LimitEffect other) => new(Users + other.Users, Sessions + other.Sessions, Expiring + other.Expiring);
}

/// <param name="Concerned">How many users would lose a session.</param>
/// <param name="First">At most <see cref="Named"/> of them.</param>
public sealed record DryRun(LimitEffect Effect, int Concerned, IReadOnlyList<ConcernedUser> First)
{
    public const int Named = 10;
}

/// <param name="Ending">How many of their sessions would end.</param>
public sealed record ConcernedUser(string Id, string Email, int Ending);
