using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Components.Shared;
using ConcurrentSessions.Web.Risk;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Components.My;

/// <summary>One line of the sign-in history: a session, or an attempt that opened none.</summary>
public sealed record HistoryEntry(DateTimeOffset At, SessionView? Session, AuditEvent? Failure)
{
    public static HistoryEntry Of(SessionView session) => new(session.StartedAt, session, null);

    public static HistoryEntry Of(AuditEvent failure) => new(failure.At, null, failure);

    /// <summary>Both together, the latest first.</summary>
    public static IReadOnlyList<HistoryEntry> Merge(IEnumerable<SessionView> sessions, IEnumerable<AuditEvent> failures) =>
        [.. sessions.Select(Of).Concat(failures.Select(Of)).OrderByDescending(e => e.At)];

    public string Device => Session?.DeviceName ?? "Not signed in";

    public string Where => Session?.Place.Text ?? "";

    public string IpAddress => Session?.IpAddress ?? Failure?.Origin ?? "Not known";

    /// <summary>What came of it, in words.</summary>
    public string Outcome(DateTimeOffset now, Func<SessionId, SessionView?> find) =>
        Session is null ? FailureWords(Failure!)
        : Session.EndReason is { } reason ? EndReasonText.With(EndReasonText.Words(reason, Session.EndedFrom is { } from ? find(from) : null), Session.EndNote)
        : Session.LatestEnd <= now ? EndReasonText.Words(EndReason.LifetimeReached)
        : Session.ExpiresAt <= now ? EndReasonText.Words(EndReason.IdleTimeout)
        : "Active";

    /// <summary>When it ended; for one that time has ended, also before that is written down.</summary>
    public DateTimeOffset? EndedAt(DateTimeOffset now) =>
        Session is null ? null : Session.EndedAt ?? (Session.ExpiresAt <= now ? Session.ExpiresAt : null);

    /// <summary>What was not usual about it, in words; empty where nothing was.</summary>
    public string Unusual => Session is null or { Noted: RiskReasons.None } ? "" : Session.Noted.Name();

    /// <param name="text">Somewhere in the words of its device, place, address or unusual things; in any case.</param>
    public bool IsShown(HistoryFilter filter, string? text) =>
        filter switch
        {
            HistoryFilter.SignIns => Session is not null,
            HistoryFilter.Unusual => Session is { Noted: not RiskReasons.None },
            HistoryFilter.Failures => Failure is not null,
            _ => true,
        }
        && (string.IsNullOrWhiteSpace(text)
            || $"{Device}\n{Session?.Device.Name}\n{Where}\n{IpAddress}\n{Unusual}".Contains(text.Trim(), StringComparison.OrdinalIgnoreCase));

    private static string FailureWords(AuditEvent failure) => failure.Name switch
    {
        AuditNames.SecondFactorFailed => "Failed: wrong code after the right password",
        AuditNames.SignInThrottled => "Turned away: too many attempts",
        AuditNames.SessionLimitReached => $"All sessions were in use: {failure.Reason}",
        _ => failure.Reason is { Length: > 0 } why ? $"Failed: {why}" : "Failed",
    };
}

public enum HistoryFilter
{
    All,
    SignIns,

    /// <summary>Sign-ins with something not usual about them.</summary>
    Unusual,
    Failures,
}
