using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Reads everybody's active sessions, the latest started first, page by page.</summary>
public sealed class SessionDirectory(IDbContextFactory<PortalDbContext> databases, SessionActivity activity, TimeProvider clock)
{
    /// <param name="userId">Only this user's; null for everybody's.</param>
    /// <param name="before">Only sessions started before this one; null starts at the latest.</param>
    /// <param name="most">A page may hold fewer: what time has ended and nobody has swept yet is left out.</param>
    public async Task<SessionPage> ReadAsync(string? userId, SessionId? before, int most, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var (users, now) = (db.Users, clock.GetUtcNow());
        var sessions = db.Sessions.AsNoTracking().NotEnded();
        sessions = userId is null ? sessions : sessions.Of(userId);
        sessions = before is { } last ? sessions.Where(s => s.Id.CompareTo(last) < 0) : sessions;
        var rows = await sessions.OrderByDescending(s => s.Id).Take(most)
            .LeftJoin(db.Devices, s => s.DeviceId, d => d.Id, (s, d) => new { Session = s, Device = d })
            .LeftJoin(users, s => s.Session.UserId, u => u.Id, (s, u) => new { s.Session, s.Device, u!.Email })
            .OrderByDescending(s => s.Session.Id).ToListAsync(ct);
        return new(
            [.. rows.Where(r => activity.Recall(r.Session).IsActive(now)).Select(r => new OwnedSession(SessionView.Of(r.Session, r.Device), r.Email ?? ""))],
            rows.Count == most ? rows[^1].Session.Id : null);
    }
}

/// <param name="Next">Where the next page starts; null on the last.</param>
public sealed record SessionPage(IReadOnlyList<OwnedSession> Sessions, SessionId? Next);

/// <summary>A session and the address of whose it is.</summary>
public sealed record OwnedSession(SessionView Session, string Email);
