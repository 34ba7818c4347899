namespace ConcurrentSessions.Web.Sessions;

/// <summary>The coarse place of an IP address. It informs, it proves nothing.</summary>
public sealed record Place(string? CountryCode, string? Country, string? Region, string? City, double? Latitude, double? Longitude)
{
    public static Place Unknown { get; } = new(null, null, null, null, null, null);

    public bool IsKnown => Country is not null || City is not null;

    /// <summary>"Lyon, Auvergne-Rhône-Alpes, France", or "Unknown place".</summary>
    public string Text => IsKnown
        ? string.Join(", ", new[] { City, Region, Country }.OfType<string>().Distinct())
        : "Unknown place";
}
