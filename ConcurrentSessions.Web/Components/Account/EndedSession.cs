using System.Data.Common;
using ConcurrentSessions.Web.Components.Shared;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>What can be said to a browser about the session whose key it still holds.</summary>
/// <param name="Reason">Null while it is active.</param>
/// <param name="From">The user's own session that it was ended from; never an administrator's.</param>
public sealed record EndedSession(SessionView Session, EndReason? Reason, DateTimeOffset? At, SessionView? From)
{
    /// <summary>Null when the browser holds no key, or it is nobody's, or the database does not answer.</summary>
    public static async Task<EndedSession?> FindAsync(HttpRequest request, SessionList list, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            return request.ReadKey(BrowserCookies.Session) is { } key && await list.FindAsync(key, ct) is { } session
                ? Of(session, await FromAsync(session, list, ct), now)
                : null;
        }
        catch (DbException)
        {
            return null;
        }
    }

    public static EndedSession Of(SessionView session, SessionView? from, DateTimeOffset now) =>
        session.EndReason is { } reason ? new(session, reason, session.EndedAt, from)
        : session.LatestEnd <= now ? new(session, EndReason.LifetimeReached, session.LatestEnd, null)
        : session.ExpiresAt <= now ? new(session, EndReason.IdleTimeout, session.ExpiresAt, null)
        : new(session, null, null, null);

    public string Sentence => Reason is { } reason ? EndReasonText.With(EndReasonText.Sentence(reason, From), Session.EndNote) : "This session is still active.";

    private static async Task<SessionView?> FromAsync(SessionView session, SessionList list, CancellationToken ct) =>
        session.EndedFrom is { } id && await list.FindAsync(id, ct) is { } from && from.UserId == session.UserId ? from : null;
}
