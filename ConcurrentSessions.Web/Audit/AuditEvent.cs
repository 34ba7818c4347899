namespace ConcurrentSessions.Web.Audit;

/// <summary>One line of the trail: who did what to whom, from where, in which session, why and how it ended (ASVS 16.2.1). Never removed, never changed but for its IP address, which old age takes away.</summary>
public sealed class AuditEvent
{
    private AuditEvent()
    {
    }

    /// <summary>Its place in the order of writing; gaps are possible, going back is not.</summary>
    public long Sequence { get; private set; }

    /// <summary>UTC.</summary>
    public DateTimeOffset At { get; private init; }

    /// <summary>One of <see cref="AuditNames"/>.</summary>
    public required string Name { get; init; }

    public AuditOutcome Outcome { get; private init; }

    public ActorKind ActorKind { get; private init; }

    public string? ActorId { get; private init; }

    public Guid? ActorSessionId { get; private init; }

    /// <summary>Null when there was none, and once it is as old as <c>Privacy:IpAddressDays</c>: then <see cref="IpNetwork"/> is all that is left.</summary>
    public string? IpAddress { get; private init; }

    public string? IpNetwork { get; private init; }

    /// <summary>Where it came from, as exactly as is still known.</summary>
    public string? Origin => IpAddress ?? IpNetwork;

    /// <summary>The user it was done to.</summary>
    public string? SubjectId { get; private init; }

    /// <summary>The session it was done to, by its public id; never a key.</summary>
    public Guid? SessionId { get; private init; }

    /// <summary>Why, in the portal's words: an end reason, a limit, "wrong password".</summary>
    public string? Reason { get; private init; }

    public static AuditEvent Of(
        string name, Actor by, DateTimeOffset at, AuditOutcome outcome = AuditOutcome.Succeeded,
        string? subject = null, Guid? session = null, string? reason = null) => new()
        {
            Name = name,
            At = at,
            Outcome = outcome,
            ActorKind = by.Kind,
            ActorId = by.UserId,
            ActorSessionId = by.SessionId,
            IpAddress = by.IpAddress,
            IpNetwork = Network.Of(by.IpAddress),
            SubjectId = subject,
            SessionId = session,
            Reason = reason,
        };
}

public enum AuditOutcome
{
    Succeeded,
    Refused,
    Failed,
}
