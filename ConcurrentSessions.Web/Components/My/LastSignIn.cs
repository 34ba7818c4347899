using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Components.My;

/// <summary>What a person is told after signing in: the sign-in before this one, and what failed since (NIST SP 800-53 AC-9).</summary>
/// <param name="Previous">Null at the first sign-in.</param>
/// <param name="FailuresSince">Failed attempts after <paramref name="Previous"/>, the latest first.</param>
public sealed record LastSignIn(SessionView? Previous, IReadOnlyList<AuditEvent> FailuresSince)
{
    public static LastSignIn Before(SessionView current, IEnumerable<SessionView> history, IEnumerable<AuditEvent> failures)
    {
        var previous = history.Where(s => s.StartedAt < current.StartedAt).MaxBy(s => s.StartedAt);
        return new(previous, [.. failures.Where(f => previous is null || f.At > previous.StartedAt)]);
    }
}
