using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Tests.Components;

/// <summary>Sessions as people see them, made without a database.</summary>
internal static class Portraits
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

    public static SessionView Session(string device = "Firefox on Linux", Place? place = null, DateTimeOffset? started = null) => new(
        SessionId.New(Noon), "ada", Guid.NewGuid(), device, new DeviceDescription("Firefox", "Linux", DeviceType.Desktop),
        place ?? Place.Unknown, "203.0.113.7", AuthenticationMethod.Password, Remembered: false,
        started ?? Noon.AddHours(-3), Noon.AddMinutes(-5), Noon.AddHours(-3),
        Noon.AddMinutes(25), Noon.AddHours(9), EndedAt: null, EndReason: null, EndedBy: null, EndedFrom: null);
}
