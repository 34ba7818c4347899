using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Components.My;

/// <summary>When a session that is about to expire says so (WCAG 2.2.1).</summary>
public static class ExpiryWarning
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Two minutes before the end, or the last quarter of a short life.</summary>
    public static DateTimeOffset StartsAt(SessionView session)
    {
        var quarter = (CanStay(session) ? session.ExpiresAt - session.LastSeenAt : session.LatestEnd - session.StartedAt) / 4;
        return session.ExpiresAt - (quarter < Longest ? quarter : Longest);
    }

    /// <summary>False when the absolute lifetime ends it: using it does not help.</summary>
    public static bool CanStay(SessionView session) => session.ExpiresAt < session.LatestEnd;
}
