using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.SignIn;

public static class UserAgentReader
{
    public static string Clean(string userAgent) => userAgent[..Math.Min(userAgent.Length, 512)];
    public static DeviceDescription Read(string userAgent) => new("Browser", userAgent.Length > 0 ? "System" : "", DeviceType.Other);
}
