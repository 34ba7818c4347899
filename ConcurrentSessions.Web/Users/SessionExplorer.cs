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
        var typed = (text ?? "").Trim();
        var (wanted, address) = (typed.ToUpperInvariant(), typed.ToLowerInvariant());
        var (now, devices) = (clock.GetUtcNow(), db.Devices);
        var found =
            from session in db.Sessions.NotEnded()
            join user in db.Users on session.UserId equals user.Id
            where session.IdleExpiresAt > now
                && (wanted == "" || user.NormalizedEmail!.Contains(wanted) || session.IpAddress!.Contains(address))
            orderby session.LastSeenAt descending, session.Id descending
            select new { Session = session, Owner = user.Email ?? user.Id, Device = devices.FirstOrDefault(d => d.Id == session.DeviceId) };
        var total = await found.CountAsync(ct);
        var rows = await found.Skip(page * PageSize).Take(PageSize).AsNoTracking().ToListAsync(ct);
        return new([.. rows.Select(r => new SessionOfUser(r.Owner, SessionView.Of(activity.Recall(r.Session), r.Device)))], total);
    }
}

/// <param name="Total">How many match, over all pages.</param>
public sealed record SessionsFound(IReadOnlyList<SessionOfUser> Sessions, int Total);

/// <param name="Owner">The address of the user it belongs to.</param>
public sealed record SessionOfUser(string Owner, SessionView Session);
