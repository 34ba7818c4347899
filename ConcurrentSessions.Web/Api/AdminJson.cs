using ConcurrentSessions.Web.Audit;

namespace ConcurrentSessions.Web.Api;

/// <summary>One line of the audit trail. Times are UTC.</summary>
/// <param name="Sequence">For paging.</param>
/// <param name="Number">Its place in the ledger.</param>
public sealed record AuditJson(
    long Sequence, long? Number, DateTime At, string Name, string Outcome,
    string ActorKind, string? ActorId, string? ActorEmail, Guid? ActorSessionId, string? IpAddress, string? UserAgent,
    string? SubjectId, string? SubjectEmail, Guid? SessionId, string? Reason)
{
    internal static AuditJson Of(AuditEntry entry)
    {
        var e = entry.Event;
        return new(
            e.Sequence, entry.Number, e.At.UtcDateTime, e.Name, e.Outcome.CamelCase(), e.ActorKind.CamelCase(), e.ActorId, entry.ActorEmail, e.ActorSessionId,
            e.Origin, e.UserAgent, e.SubjectId, entry.SubjectEmail, e.SessionId, e.Reason);
    }
}
