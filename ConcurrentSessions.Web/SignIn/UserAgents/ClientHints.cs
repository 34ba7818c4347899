using System.Globalization;
using System.Text.RegularExpressions;

namespace ConcurrentSessions.Web.SignIn.UserAgents;

/// <summary>
/// What Chromium says of itself in Sec-CH-UA headers, which has the versions that User-Agents no longer tell: "Windows NT 10.0",
/// "Android 10; K" and "Mac OS X 10_15_7" are frozen texts. All of it is as forged or as honest as a User-Agent.
/// </summary>
/// <param name="Brands">Sec-CH-UA, like <c>"Google Chrome";v="141", "Chromium";v="141"</c>.</param>
/// <param name="Platform">Without quotes.</param>
/// <param name="PlatformVersion">Without quotes.</param>
/// <param name="Model">Without quotes.</param>
internal sealed partial record ClientHints(string Brands, string Platform, string PlatformVersion, string Model)
{
    /// <summary>What is asked for besides what every Chromium sends.</summary>
    public const string Asked = "Sec-CH-UA-Platform-Version, Sec-CH-UA-Model";

    private const int FirstOfWindows11 = 13;
    private const int LongestHeader = 256;

    public static ClientHints None { get; } = new("", "", "", "");

    public static ClientHints Read(IHeaderDictionary headers) => new(
        Cut(headers["Sec-CH-UA"].ToString()), Unquoted(headers["Sec-CH-UA-Platform"].ToString()),
        Unquoted(headers["Sec-CH-UA-Platform-Version"].ToString()), Unquoted(headers["Sec-CH-UA-Model"].ToString()));

    /// <summary>"Chrome 141"; null when no known brand is named.</summary>
    public string? Browser => BrandAndVersion().Matches(Brands)
        .Select(m => (Name: DeviceNames.Brand(m.Groups["brand"].Value), Version: m.Groups["version"].Value))
        .FirstOrDefault(b => b.Name is not null) is { Name: { } name, Version: var version } ? $"{name} {version}" : null;

    /// <summary>"Windows 11", "Android 14", "macOS 15"; null when the version is not told or says nothing.</summary>
    public string? System => (Platform, Major) switch
    {
        ("Windows", >= FirstOfWindows11) => "Windows 11",
        ("Windows", > 0) => "Windows 10",
        ("macOS" or "Android", > 0 and var major) => string.Create(CultureInfo.InvariantCulture, $"{Platform} {major}"),
        _ => null,
    };

    private int Major => Version().Match(PlatformVersion) is { Success: true } version
        ? int.Parse(version.Groups["major"].ValueSpan, CultureInfo.InvariantCulture) : 0;

    private static string Unquoted(string header) => Cut(header).Trim().Trim('"');

    private static string Cut(string header) => header.Length <= LongestHeader ? header : header[..LongestHeader];

    [GeneratedRegex(@"""(?<brand>[^""]{1,40})"";\s?v=""(?<version>[0-9]{1,4})""", RegexOptions.CultureInvariant)]
    private static partial Regex BrandAndVersion();

    [GeneratedRegex(@"^(?<major>[0-9]{1,3})(?:\.|$)", RegexOptions.CultureInvariant)]
    private static partial Regex Version();
}
