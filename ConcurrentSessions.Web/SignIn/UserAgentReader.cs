using System.Text;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// Tells browser, system and kind of device from a User-Agent. The answer is made of the words of this file only,
/// so nothing a client sends is ever shown by way of it; the work is linear in at most 512 characters.
/// </summary>
public static class UserAgentReader
{
    public const int LongestKept = 512;

    // The first that matches wins: nearly everybody claims to be Chrome and Safari as well.
    private static readonly (string Token, string Name)[] Browsers =
    [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("Edge/", "Edge"),
        ("OPR/", "Opera"), ("OPT/", "Opera"), ("OPiOS/", "Opera"), ("Opera", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"), ("YaBrowser/", "Yandex Browser"),
        ("DuckDuckGo/", "DuckDuckGo"), ("Ddg/", "DuckDuckGo"),
        ("FxiOS/", "Firefox"), ("Focus/", "Firefox"), ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Chromium/", "Chrome"),
        ("MSIE ", "Internet Explorer"), ("Trident/", "Internet Explorer"),
        ("Safari/", "Safari"), ("iPhone", "Safari"), ("iPad", "Safari"),
    ];

    private static readonly (string Token, string Name)[] Programs =
    [
        ("curl/", "curl"), ("Wget/", "Wget"), ("HTTPie/", "HTTPie"), ("PostmanRuntime/", "Postman"), ("python-", "Python"),
        ("Python", "Python"), ("Go-http-client/", "Go"), ("okhttp/", "OkHttp"), ("Java/", "Java"), ("PowerShell/", "PowerShell"),
    ];

    private static readonly (string Token, string Name, DeviceType Type)[] Systems =
    [
        ("iPad", "iPad", DeviceType.Tablet), ("iPhone", "iPhone", DeviceType.Phone), ("iPod", "iPod", DeviceType.Phone),
        ("Windows Phone", "Windows Phone", DeviceType.Phone), ("Windows", "Windows", DeviceType.Desktop),
        ("Android", "Android", DeviceType.Phone), ("CrOS", "ChromeOS", DeviceType.Desktop),
        ("Macintosh", "macOS", DeviceType.Desktop), ("Mac OS X", "macOS", DeviceType.Desktop),
        ("Linux", "Linux", DeviceType.Desktop), ("X11", "Linux", DeviceType.Desktop),
    ];

    public static DeviceDescription Read(string? userAgent)
    {
        var text = Clean(userAgent);
        var (_, system, type) = Array.Find(Systems, s => Has(text, s.Token));
        var program = Array.Find(Programs, p => Has(text, p.Token)).Name;
        var browser = Array.Find(Browsers, b => Has(text, b.Token)).Name;
        if (browser is null && program is not null)
        {
            return new(program, system ?? DeviceDescription.UnknownSystem, DeviceType.Other);
        }

        return system is null
            ? new(browser ?? DeviceDescription.UnknownBrowser, DeviceDescription.UnknownSystem, DeviceType.Other)
            : new(browser ?? DeviceDescription.UnknownBrowser, system, IsAndroidTablet(text, system) ? DeviceType.Tablet : type);
    }

    /// <summary>What of a User-Agent may be stored: no control characters, no half characters, 512 at most.</summary>
    public static string Clean(string? userAgent)
    {
        var kept = new StringBuilder();
        foreach (var rune in (userAgent ?? "").AsSpan(0, Math.Min(userAgent?.Length ?? 0, 2 * LongestKept)).EnumerateRunes())
        {
            if (kept.Length + rune.Utf16SequenceLength > LongestKept)
            {
                break;
            }

            if (!Rune.IsControl(rune) && rune != Rune.ReplacementChar)
            {
                kept.Append(rune);
            }
        }

        return kept.ToString();
    }

    // Android phones say "Mobile", its tablets do not.
    private static bool IsAndroidTablet(string text, string system) =>
        system == "Android" && (!Has(text, "Mobile") || Has(text, "Tablet"));

    private static bool Has(string text, string token) => text.Contains(token, StringComparison.Ordinal);
}
