namespace ConcurrentSessions.Web.Sessions;

/// <summary>What a user recognises a device by: read from the user agent, proving nothing.</summary>
public sealed record DeviceDescription(string Browser, string System, DeviceType Type)
{
    /// <summary>"Firefox on Linux".</summary>
    public string Name => $"{Browser} on {System}";
}

public enum DeviceType
{
    Desktop,
    Phone,
    Tablet,
    Other,
}
