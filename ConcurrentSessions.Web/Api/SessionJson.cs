using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Api;

/// <summary>The caller's own session. Times are UTC.</summary>
/// <param name="IdleExpiresAt">When it ends unless it is used.</param>
/// <param name="ExpiresAt">When it ends whatever happens.</param>
public sealed record OwnSessionJson(
    Guid Id, UserJson User, IReadOnlyList<string> Roles,
    DateTime SignedInAt, DateTime LastActiveAt, DateTime IdleExpiresAt, DateTime ExpiresAt);

public sealed record UserJson(string Id, string Email);

/// <summary>An active session. Times are UTC.</summary>
/// <param name="Current">The one this call was made from.</param>
/// <param name="IdleExpiresAt">When it ends unless it is used.</param>
/// <param name="ExpiresAt">When it ends whatever happens.</param>
/// <param name="Method">How the person proved who they are: password, passwordAndAuthenticator, passkey, …</param>
public sealed record SessionJson(
    Guid Id, bool Current, DeviceJson Device, string? IpAddress, LocationJson Location,
    DateTime SignedInAt, DateTime LastActiveAt, DateTime IdleExpiresAt, DateTime ExpiresAt, string Method)
{
    internal static SessionJson Of(SessionView s, SessionId? current) => new(
        s.Id.Value, s.Id == current, DeviceJson.Of(s), s.IpAddress, LocationJson.Of(s.Place),
        s.StartedAt.UtcDateTime, s.LastSeenAt.UtcDateTime, s.ExpiresAt.UtcDateTime, s.LatestEnd.UtcDateTime, s.Method.CamelCase());
}

/// <summary>An active session and whose it is.</summary>
/// <inheritdoc cref="SessionJson"/>
public sealed record UserSessionJson(
    Guid Id, UserJson User, bool Current, DeviceJson Device, string? IpAddress, LocationJson Location,
    DateTime SignedInAt, DateTime LastActiveAt, DateTime IdleExpiresAt, DateTime ExpiresAt, string Method)
{
    internal static UserSessionJson Of(OwnedSession owned, SessionId? current)
    {
        var s = SessionJson.Of(owned.Session, current);
        return new(
            s.Id, new(owned.Session.UserId, owned.Email), s.Current, s.Device, s.IpAddress, s.Location,
            s.SignedInAt, s.LastActiveAt, s.IdleExpiresAt, s.ExpiresAt, s.Method);
    }
}

/// <param name="Name">The name its owner gave it, else "Firefox on Linux".</param>
/// <param name="Type">desktop, phone, tablet or other.</param>
public sealed record DeviceJson(string Name, string Browser, string Os, string Type)
{
    internal static DeviceJson Of(SessionView s) => new(s.DeviceName, s.Device.Browser, s.Device.System, s.Device.Type.CamelCase());
}

/// <summary>The coarse place of the IP address; all null when it is unknown.</summary>
public sealed record LocationJson(string? Country, string? Region, string? City)
{
    internal static LocationJson Of(Place place) => new(place.Country, place.Region, place.City);
}

/// <param name="Ended">How many sessions were ended.</param>
public sealed record EndedJson(int Ended);
