using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Users;

/// <summary>Finds users for administrators.</summary>
public sealed class UserDirectory(IDbContextFactory<PortalDbContext> databases, RoleLimits limits, TimeProvider clock)
{
    public const int PageSize = 25;

    /// <summary>Users whose address contains the text, by address.</summary>
    /// <param name="page">From 0.</param>
    public async Task<UserPage> SearchAsync(string? text, UserState? state, int page, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var wanted = (text ?? "").Trim().ToUpperInvariant();
        var found = db.Users.AsNoTracking().Where(u => wanted == "" || u.NormalizedEmail!.Contains(wanted));
        found = state switch
        {
            UserState.Active => found.Where(u => u.DisabledAt == null),
            UserState.Disabled => found.Where(u => u.DisabledAt != null),
            _ => found,
        };
        var (sessions, now) = (db.Sessions, clock.GetUtcNow());
        var rows = await found.OrderBy(u => u.NormalizedEmail).Skip(page * PageSize).Take(PageSize)
            .Select(u => new { User = u, Sessions = sessions.Count(s => s.UserId == u.Id && s.EndedAt == null && s.IdleExpiresAt > now) })
            .ToListAsync(ct);
        var list = new List<UserView>();
        foreach (var row in rows)
        {
            list.Add(await ViewAsync(db, row.User, row.Sessions, ct));
        }

        return new(list, await found.CountAsync(ct));
    }

    /// <summary>Null when there is no such user.</summary>
    public async Task<UserView?> FindAsync(string userId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var (sessions, now) = (db.Sessions, clock.GetUtcNow());
        var row = await db.Users.AsNoTracking().Where(u => u.Id == userId)
            .Select(u => new { User = u, Sessions = sessions.Count(s => s.UserId == u.Id && s.EndedAt == null && s.IdleExpiresAt > now) })
            .SingleOrDefaultAsync(ct);
        return row is null ? null : await ViewAsync(db, row.User, row.Sessions, ct);
    }

    private async Task<UserView> ViewAsync(PortalDbContext db, PortalUser user, int sessions, CancellationToken ct)
    {
        var own = await db.UserLimits.AsNoTracking().SingleOrDefaultAsync(l => l.UserId == user.Id, ct);
        return new(
            user.Id, user.Email ?? user.UserName ?? user.Id, user.EmailConfirmed, user.TwoFactorEnabled, user.CreatedAt, user.DisabledAt,
            await db.RolesOf(user.Id).ToListAsync(ct), await limits.EffectiveAsync(db, user.Id, ct), own, sessions);
    }
}

public enum UserState
{
    Active,
    Disabled,
}

/// <param name="Total">How many match, over all pages.</param>
public sealed record UserPage(IReadOnlyList<UserView> Users, int Total);

/// <summary>A user as an administrator sees them.</summary>
/// <param name="OwnLimit">The user's own number of seats; null when the roles decide.</param>
/// <param name="ActiveSessions">How many sessions are active now.</param>
public sealed record UserView(
    string Id, string Email, bool EmailConfirmed, bool TwoFactorEnabled, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt,
    IReadOnlyList<string> Roles, EffectiveRules Effective, UserLimit? OwnLimit, int ActiveSessions)
{
    public UserState State => DisabledAt is null ? UserState.Active : UserState.Disabled;
}
