using ConcurrentSessions.Web.Audit;

namespace ConcurrentSessions.Web.Users;

/// <summary>Audit events of what administrators do to many sessions at once.</summary>
public static class ExplorerEvents
{
    /// <summary>One act; each session it ended has an event of its own beside it.</summary>
    public const string EndedByFilter = "sessions_ended_by_filter";

    public const string Exported = "sessions_exported";

    /// <summary>A filter can be longer than what an event's reason may hold.</summary>
    internal static string Cut(string reason) => reason.Length <= AuditTable.ReasonLength ? reason : reason[..(AuditTable.ReasonLength - 1)] + "…";
}
