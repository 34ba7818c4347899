using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Users;

/// <summary>Everybody's active sessions, for administrators.</summary>
public sealed class SessionExplorer(IDbContextFactory<PortalDbContext> databases, SessionActivity activity, TimeProvider clock)
{
    public const int PageSize = 50;

    /// <summary>Active sessions whose owner's address or IP address contains the text, the latest used first.</summary>
    /// <param name="page">From 0.</param>
    public async Task<SessionsFound> SearchAsync(string? text, int page, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var active = db.Sessions.NotEnded().Where(s => s.IdleExpiresAt > now);
        var found = active.Join(db.Users, s => s.UserId, u => u.Id, (s, u) => new { Session = s, User = u });
        var typed = (text ?? "").Trim();
        var total = 0;
        if (typed.Length == 0)
        {
            total = await active.CountAsync(ct); // from the index alone
        }
        else
        {
            var (wanted, address) = (typed.ToUpperInvariant(), typed.ToLowerInvariant());
            found = found.Where(f => f.User.NormalizedEmail!.Contains(wanted) || f.Session.IpAddress!.Contains(address));
            total = await found.CountAsync(ct);
        }

        var rows = await found
            .OrderByDescending(f => f.Session.LastSeenAt).ThenByDescending(f => f.Session.Id)
            .Skip(page * PageSize).Take(PageSize)
            .LeftJoin(db.Devices, f => f.Session.DeviceId, d => d.Id, (f, d) => new { f.Session, Owner = f.User.Email ?? f.User.Id, Device = d })
            .OrderByDescending(f => f.Session.LastSeenAt).ThenByDescending(f => f.Session.Id)
            .AsNoTracking().ToListAsync(ct);
        return new([.. rows.Select(r => new SessionOfUser(r.Owner, SessionView.Of(activity.Recall(r.Session), r.Device)))], total);
    }
}

/// <param name="Total">How many match, over all pages.</param>
public sealed record SessionsFound(IReadOnlyList<SessionOfUser> Sessions, int Total);

/// <param name="Owner">The address of the user it belongs to.</param>
public sealed record SessionOfUser(string Owner, SessionView Session);
