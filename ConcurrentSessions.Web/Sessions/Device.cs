namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// One browser of one user, known again by a random key in a long-lived cookie. Two users of one browser have two devices.
/// </summary>
public sealed class Device
{
    public const int NameLength = 64;

    private Device()
    {
    }

    public Guid Id { get; private init; }

    public required string UserId { get; init; }

    /// <summary><see cref="SessionKey.HashFor"/> of the cookie's key and the user.</summary>
    public required byte[] KeyHash { get; init; }

    /// <summary>The name the user gave it; null until then.</summary>
    public string? GivenName { get; private set; }

    /// <summary>UTC.</summary>
    public DateTimeOffset FirstSeenAt { get; private init; }

    public static Device New(string userId, SessionKey key, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        UserId = userId,
        KeyHash = key.HashFor(userId),
        FirstSeenAt = now,
    };

    /// <summary>An empty name gives the device its described name back.</summary>
    public void Rename(DeviceName name) => GivenName = name.Text.Length == 0 ? null : name.Text;
}
