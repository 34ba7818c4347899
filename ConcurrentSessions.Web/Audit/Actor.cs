namespace ConcurrentSessions.Web.Audit;

/// <summary>Who did it: always an argument, never ambient (a circuit has no request, a worker has no user).</summary>
/// <param name="Kind">What sort of actor.</param>
/// <param name="UserId">The signed-in user, where there is one.</param>
/// <param name="SessionId">The session the act came from, where there is one.</param>
/// <param name="IpAddress">Where it came from; null for the portal itself.</param>
/// <param name="UserAgent">What the browser said it is, cleaned; null where there is no request.</param>
public sealed record Actor(
    ActorKind Kind, string? UserId = null, Guid? SessionId = null, string? IpAddress = null, string? UserAgent = null)
{
    /// <summary>The portal's own workers.</summary>
    public static Actor Portal { get; } = new(ActorKind.Portal);

    /// <summary>Whoever runs the program's verbs on the machine.</summary>
    public static Actor Operator { get; } = new(ActorKind.Operator);

    public static Actor Person(string userId, Guid? sessionId, string? ipAddress, string? userAgent = null) =>
        new(ActorKind.Person, userId, sessionId, ipAddress, userAgent);

    /// <summary>Somebody who is not (yet) signed in.</summary>
    public static Actor Visitor(string? ipAddress, string? userAgent = null) => new(ActorKind.Visitor, IpAddress: ipAddress, UserAgent: userAgent);
}

public enum ActorKind
{
    Portal,
    Operator,
    Person,
    Visitor,
}
