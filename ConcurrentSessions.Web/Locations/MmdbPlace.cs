using System.Globalization;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Locations;

/// <summary>Reads an entry of either schema: nested with names in many languages (GeoLite2, GeoIP2, DB-IP) or flat (ip-location-db).</summary>
internal static class MmdbPlace
{
    private const int LongestName = 100;

    public static Place From(Dictionary<string, object> entry)
    {
        var code = Text(Map(entry, "country"), "iso_code") ?? Text(entry, "country_code");
        var location = Map(entry, "location") ?? entry;
        return new Place(
            code,
            Name(Map(entry, "country")) ?? CountryOf(code),
            Name(FirstOf(entry, "subdivisions")) ?? Text(entry, "state1"),
            Name(Map(entry, "city")) ?? Text(entry, "city"),
            Number(location, "latitude"),
            Number(location, "longitude"))
        {
            TimeZone = Text(location, "time_zone") ?? Text(entry, "timezone"),
        };
    }

    private static string? CountryOf(string? code)
    {
        if (code is not { Length: 2 } || !code.All(char.IsAsciiLetter))
        {
            return null;
        }

        try
        {
            return new RegionInfo(code).EnglishName;
        }
        catch (ArgumentException)
        {
            return code;
        }
    }

    private static Dictionary<string, object>? Map(Dictionary<string, object> entry, string key) =>
        entry.GetValueOrDefault(key) as Dictionary<string, object>;

    private static Dictionary<string, object>? FirstOf(Dictionary<string, object> entry, string key) =>
        (entry.GetValueOrDefault(key) as List<object>)?.FirstOrDefault() as Dictionary<string, object>;

    private static string? Name(Dictionary<string, object>? entry) => entry is null ? null : Text(Map(entry, "names"), "en");

    private static string? Text(Dictionary<string, object>? entry, string key) =>
        entry?.GetValueOrDefault(key) is string { Length: > 0 } text ? text[..Math.Min(text.Length, LongestName)] : null;

    private static double? Number(Dictionary<string, object> entry, string key) => entry.GetValueOrDefault(key) switch
    {
        double number when double.IsFinite(number) => number,
        float number when float.IsFinite(number) => number,
        _ => null,
    };
}
