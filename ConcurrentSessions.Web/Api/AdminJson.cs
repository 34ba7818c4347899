using ConcurrentSessions.Web.Audit;

namespace ConcurrentSessions.Web.Api;

/// <summary>One line of the audit trail. Times are UTC.</summary>
public sealed record AuditJson(
    long Sequence, DateTime At, string Name, string Outcome,
    string ActorKind, string? ActorId, string? ActorEmail, Guid? ActorSessionId, string? IpAddress,
    string? SubjectId, string? SubjectEmail, Guid? SessionId, string? Reason)
{
    internal static AuditJson Of(AuditEntry entry)
    {
        var e = entry.Event;
        return new(
            e.Sequence, e.At.UtcDateTime, e.Name, e.Outcome.CamelCase(), e.ActorKind.CamelCase(), e.ActorId, entry.ActorEmail, e.ActorSessionId,
            e.Origin, e.SubjectId, entry.SubjectEmail, e.SessionId, e.Reason);
    }
}
