namespace ConcurrentSessions.Web.Sessions;

/// <summary>What a request tells about who sends it. All of it is hostile input that was cut and cleaned before it got here.</summary>
/// <param name="IpAddress">Through known proxies only; null when there is none.</param>
/// <param name="UserAgent">At most <see cref="UserAgentLength"/> characters, no control characters.</param>
public sealed record ClientDescription(string? IpAddress, string UserAgent, DeviceDescription Device, Place Place)
{
    public const int UserAgentLength = 512;
}
