using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.SignIn.UserAgents;

/// <summary>The words people have for what uap-core and client hints call a family, and the kind of device it is.</summary>
internal static class DeviceNames
{
    // Families that are one browser to whoever uses it; every other is called as the rules call it.
    private static readonly Dictionary<string, string> Browsers = new(StringComparer.Ordinal)
    {
        ["Chrome Mobile"] = "Chrome", ["Chrome Mobile iOS"] = "Chrome", ["Chrome Mobile WebView"] = "Chrome", ["HeadlessChrome"] = "Chrome",
        ["Mobile Safari"] = "Safari", ["Mobile Safari UI/WKWebView"] = "Safari", ["Edge Mobile"] = "Edge",
        ["Firefox Mobile"] = "Firefox", ["Firefox iOS"] = "Firefox", ["Firefox Focus"] = "Firefox", ["Opera Mobile"] = "Opera",
        ["IE"] = "Internet Explorer", ["IE Mobile"] = "Internet Explorer", ["Brave Mobile"] = "Brave", ["DuckDuckGo Mobile"] = "DuckDuckGo",
        [ParsedUserAgent.Other] = DeviceDescription.UnknownBrowser,
    };

    private static readonly Dictionary<string, string> Systems = new(StringComparer.Ordinal)
    {
        ["Mac OS X"] = "macOS", ["Mac OS"] = "macOS", ["Chrome OS"] = "ChromeOS", [ParsedUserAgent.Other] = DeviceDescription.UnknownSystem,
    };

    // The brands of Sec-CH-UA. "Chromium" is in every list and names none.
    private static readonly Dictionary<string, string> Brands = new(StringComparer.Ordinal)
    {
        ["Google Chrome"] = "Chrome", ["Microsoft Edge"] = "Edge", ["Opera"] = "Opera", ["Opera GX"] = "Opera GX", ["Brave"] = "Brave",
        ["Vivaldi"] = "Vivaldi", ["Samsung Internet"] = "Samsung Internet", ["YaBrowser"] = "Yandex Browser", ["DuckDuckGo"] = "DuckDuckGo",
    };

    private static readonly string[] Desktops =
        ["Windows", "macOS", "Linux", "ChromeOS", "Ubuntu", "Fedora", "Debian", "Red Hat", "SUSE", "Gentoo", "Arch Linux", "FreeBSD", "OpenBSD", "NetBSD"];

    public static string Browser(ParsedUserAgent parsed) => Own(parsed.Browser, parsed.IsBrowserOwn, Browsers, DeviceDescription.UnknownBrowser);

    /// <summary>"iPhone" and "iPad" say more than "iOS".</summary>
    public static string System(ParsedUserAgent parsed) => parsed is { System: "iOS", Device: "iPhone" or "iPad" or "iPod" }
        ? parsed.Device
        : Own(parsed.System, parsed.IsSystemOwn, Systems, DeviceDescription.UnknownSystem);

    /// <returns>Null for a brand that names no browser.</returns>
    public static string? Brand(string brand) => Brands.GetValueOrDefault(brand);

    public static DeviceType Type(string system, ParsedUserAgent parsed, string text) => system switch
    {
        _ when parsed.Device == "Spider" => DeviceType.Other,
        "iPhone" or "iPod" or "Windows Phone" => DeviceType.Phone,
        "iPad" => DeviceType.Tablet,
        // Android phones say "Mobile", its tablets do not.
        "Android" => text.Contains("Mobile", StringComparison.Ordinal) && !text.Contains("Tablet", StringComparison.Ordinal) ? DeviceType.Phone : DeviceType.Tablet,
        _ when Desktops.Contains(system) => DeviceType.Desktop,
        _ when parsed.Device == "Generic Smartphone" => DeviceType.Phone,
        _ when parsed.Device == "Generic Tablet" => DeviceType.Tablet,
        _ => DeviceType.Other,
    };

    private static string Own(string family, bool isOwn, Dictionary<string, string> names, string unknown) =>
        names.GetValueOrDefault(family) ?? (isOwn && family.Length <= DeviceDescription.NameLength ? family : unknown);
}
