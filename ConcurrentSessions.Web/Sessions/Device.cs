namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// One browser of one user, known again by a random key in a long-lived cookie. Two users of one browser have two devices.
/// </summary>
public sealed class Device
{
    public const int NameLength = 64;

    /// <summary>Longer than any <see cref="DeviceDescription.Name"/>.</summary>
    public const int DescriptionLength = 2 * DeviceDescription.NameLength + 4;

    /// <summary>As long as its cookie: a browser that did not sign in for so long has lost it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

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

    /// <summary>What it called itself at its last sign-in; null where that was before it was kept.</summary>
    public string? Description { get; private set; }

    /// <summary>UTC; null where it was before it was kept.</summary>
    public DateTimeOffset? LastSignedInAt { get; private set; }

    public static Device New(string userId, SessionKey key, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        UserId = userId,
        KeyHash = key.HashFor(userId),
        FirstSeenAt = now,
    };

    public void SignedIn(DeviceDescription description, DateTimeOffset now) => (Description, LastSignedInAt) = (description.Name, now);

    /// <summary>An empty name gives the device its described name back.</summary>
    public void Rename(DeviceName name) => GivenName = name.Text.Length == 0 ? null : name.Text;
}
