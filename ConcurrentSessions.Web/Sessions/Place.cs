namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// Roughly where an IP address is, as far as a database says. It helps a person recognise a session and proves nothing.
/// Country codes have two letters (ISO 3166-1); names are English where the database has them in English.
/// </summary>
public sealed record Place(string? CountryCode, string? Country, string? Region, string? City, double? Latitude, double? Longitude)
{
    public static Place Unknown { get; } = new(null, null, null, null, null, null);

    /// <summary>Name in the IANA time zone database, where known.</summary>
    public string? TimeZone { get; init; }

    public bool IsKnown => Country is not null || City is not null;

    /// <summary>For people: "Lyon, Auvergne-Rhône-Alpes, France", "France", "Unknown place".</summary>
    public string Text => IsKnown
        ? string.Join(", ", new[] { City, Region == City ? null : Region, Country }.Where(part => !string.IsNullOrEmpty(part)))
        : "Unknown place";

    public override string ToString() => Text;
}
