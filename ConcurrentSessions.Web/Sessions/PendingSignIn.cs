namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// A fully authenticated sign-in that waits for a seat: once, and only at its page; five minutes for choosing, or until
/// whoever makes room has saved their work, and a minute more.
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

    /// <summary>UTC. When the last factor was proved; earlier than that where only a seat is waited for.</summary>
    public DateTimeOffset ProvedAt => ExpiresAt - Lifetime;

    /// <summary>When the seat is free (UTC); null when the person is to choose whose it shall be.</summary>
    public DateTimeOffset? ReadyAt { get; private init; }

    /// <param name="readyAt">When the seat is free, where nothing but time is waited for.</param>
    public static PendingSignIn From(SignInRequest request, SessionKey key, string stamp, DateTimeOffset now, DateTimeOffset? readyAt = null) => new()
    {
        KeyHash = key.Hash(),
        UserId = request.UserId,
        Generation = request.Generation,
        SecurityStamp = stamp,
        Method = request.Method,
        Remember = request.Remember,
        ExpiresAt = readyAt + EvictionNotice.Patience ?? (request.ProvedAt ?? now) + Lifetime, // asked again, it waits no longer
        ReadyAt = readyAt,
    };
}
