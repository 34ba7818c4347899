using System.Reflection;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Users;

namespace ConcurrentSessions.Web.Components.Admin;

/// <summary>The panel's words for audit events.</summary>
public static class AuditWords
{
    /// <summary>Every name an event can have, by the alphabet.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(AuditNames).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Concat(typeof(ExplorerEvents).GetFields(BindingFlags.Public | BindingFlags.Static))
            .Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal),
    ];

    /// <summary>Who did it: an address, or what sort of actor it was.</summary>
    public static string By(AuditEntry entry) => entry.ActorEmail ?? entry.Event.ActorKind switch
    {
        ActorKind.Portal => "The portal",
        ActorKind.Operator => "An operator",
        ActorKind.Visitor => "A visitor",
        _ => "A deleted user",
    };

    /// <summary>The last eight characters: the first of a version 7 id are a time that neighbours share.</summary>
    public static string ShortId(Guid session) => session.ToString()[^8..];
}
