namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// A fully authenticated sign-in that waits for a seat: five minutes, once, and only at the chooser.
/// Not a session: it holds no seat and opens no page.
/// </summary>
public sealed class PendingSignIn
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private PendingSignIn()
    {
    }

    public required byte[] KeyHash { get; init; }

    public required string UserId { get; init; }

    public int Generation { get; private init; }

    public required string SecurityStamp { get; init; }

    public AuthenticationMethod Method { get; private init; }

    public bool Remember { get; private init; }

    public DateTimeOffset ExpiresAt { get; private init; }

    /// <summary>UTC. When the last factor was proved.</summary>
    public DateTimeOffset ProvedAt => ExpiresAt - Lifetime;

    public static PendingSignIn From(SignInRequest request, SessionKey key, string stamp, DateTimeOffset now) => new()
    {
        KeyHash = key.Hash(),
        UserId = request.UserId,
        Generation = request.Generation,
        SecurityStamp = stamp,
        Method = request.Method,
        Remember = request.Remember,
        ExpiresAt = (request.ProvedAt ?? now) + Lifetime, // asked again, it waits no longer
    };
}
