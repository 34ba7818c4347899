namespace ConcurrentSessions.Web.Sessions;

/// <summary>What a person recognises a device by. Read from what the browser says of itself: it proves nothing.</summary>
public sealed record DeviceDescription(string Browser, string System, DeviceType Type)
{
    public const string UnknownBrowser = "Unknown browser";
    public const string UnknownSystem = "Unknown system";

    public static DeviceDescription Unknown { get; } = new(UnknownBrowser, UnknownSystem, DeviceType.Other);

    /// <summary>"Firefox on Linux"; without a known system the browser alone.</summary>
    public string Name => System == UnknownSystem ? Browser : $"{Browser} on {System}";
}

public enum DeviceType
{
    Desktop,
    Phone,
    Tablet,
    Other,
}
