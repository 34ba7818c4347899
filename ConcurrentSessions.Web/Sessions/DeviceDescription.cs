namespace ConcurrentSessions.Web.Sessions;

/// <summary>What a person recognises a device by. Read from what the browser says of itself: it proves nothing.</summary>
public sealed record DeviceDescription(string Browser, string System, DeviceType Type)
{
    /// <summary>No browser and no system has a longer name.</summary>
    public const int NameLength = 64;

    public const int ModelLength = 32;

    public const string UnknownBrowser = "Unknown browser";
    public const string UnknownSystem = "Unknown system";

    public static DeviceDescription Unknown { get; } = new(UnknownBrowser, UnknownSystem, DeviceType.Other);

    /// <summary>Letters, digits and "_()+-" that the device says of itself, like "Pixel 8"; for pages, never for mails. Null where it says none.</summary>
    public string? Model { get; init; }

    /// <summary>"Firefox on Linux", "Chrome 141 on Windows 11"; without a known system the browser alone.</summary>
    public string Name => System == UnknownSystem ? Browser : $"{Browser} on {System}";
}

public enum DeviceType
{
    Desktop,
    Phone,
    Tablet,
    Other,
}
