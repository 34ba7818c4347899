namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// A sign-in between password and second factor: five minutes, five codes, once. Not a session: it holds no seat and opens no
/// page. It dies with the generation and the security stamp it began with (ASVS 2.3.1, 6.3.1, 7.4.3).
/// </summary>
public sealed class PendingFactor
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>How many codes are looked at.</summary>
    public const int Tries = 5;

    private PendingFactor()
    {
    }

    public Guid Id { get; private init; }

    public required string UserId { get; init; }

    public int Generation { get; private init; }

    public required string SecurityStamp { get; init; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset ExpiresAt { get; private init; }

    /// <summary>Codes that were, or are being, looked at.</summary>
    public int Attempts { get; private set; }

    /// <summary>Codes that were wrong.</summary>
    public int Failures { get; private set; }

    public static PendingFactor Of(string userId, int generation, string stamp, DateTimeOffset now) => new()
    {
        Id = Guid.NewGuid(),
        UserId = userId,
        Generation = generation,
        SecurityStamp = stamp,
        CreatedAt = now,
        ExpiresAt = now + Lifetime,
    };
}
