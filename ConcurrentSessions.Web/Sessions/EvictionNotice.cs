using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// A session that somebody is using is told before it makes room, so that nothing is lost unsaved. The newcomer waits that
/// long, once, and has no session until then: there is never one too many.
/// </summary>
public static class EvictionNotice
{
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(15);

    /// <summary>The longest that can be set; zero ends a session at once.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>A newcomer who does not come for the seat within this time after the notice has run out has thought better of it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Until when a newcomer waits (UTC); null when the seat may be taken now.</summary>
    /// <param name="leaving">Those who make room.</param>
    /// <param name="waitedUntil">The end of the wait this sign-in has had already: it is not told to wait twice.</param>
    public static DateTimeOffset? Until(
        TimeSpan notice, IReadOnlyCollection<Session> leaving, DateTimeOffset? waitedUntil, DateTimeOffset now)
    {
        var surprised = leaving.Where(s => s.IsPageInUse(now) && !(s.LeavesAt <= now)).ToList();
        var until = waitedUntil
            ?? (surprised.Count == 0 ? now : surprised.Max(s => s.LeavesAt is { } told && told < now + notice ? told : now + notice));
        return surprised.Count > 0 && until > now ? until : null;
    }

    /// <summary>What was announced and never happened is forgotten.</summary>
    internal static void ForgetOld(IEnumerable<Session> sessions, DateTimeOffset now)
    {
        foreach (var session in sessions.Where(s => s.LeavesAt + Patience <= now))
        {
            session.LeavesAt = null;
        }
    }

    /// <summary>Nobody waits any more: those who were told may stay. Inside the caller's turn.</summary>
    /// <returns>Whom to tell so.</returns>
    internal static async Task<List<Session>> WithdrawAsync(
        PortalDbContext db, string userId, IEnumerable<Session> sessions, DateTimeOffset now, CancellationToken ct)
    {
        var told = sessions.Where(s => s.LeavesAt is not null).ToList();
        if (told.Count == 0 || await db.PendingSignIns.AnyAsync(p => p.UserId == userId && p.ReadyAt != null && p.ExpiresAt > now, ct))
        {
            return [];
        }

        told.ForEach(s => s.LeavesAt = null);
        return told;
    }
}
