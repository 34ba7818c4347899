using System.Net;
using System.Net.Sockets;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Locations;

/// <summary>Looks addresses up in MMDB files, in the order of the settings; the first that knows the address answers.</summary>
public sealed class MmdbLocator(IOptions<LocationOptions> options, TimeProvider clock, ILogger<MmdbLocator> logger) : IIpLocator, IDisposable
{
    private readonly MmdbFile[] files = [.. Paths(options.Value).Select(path => new MmdbFile(path, clock, logger))];

    public LocationAttribution? Attribution =>
        files.Select(f => f.Current.AttributionFor(f.Path)).FirstOrDefault(a => a is not null);

    /// <summary>For the administrator: each file, and what is wrong with it.</summary>
    public IReadOnlyList<LocationDatabase> Databases => [.. files.Select(f =>
        new LocationDatabase(f.Path, f.Current.Reader?.Metadata.DatabaseType, f.Current.BuiltAt, f.Problem))];

    public Place Find(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return IsPublic(plain)
            ? files.Select(f => f.Find(plain)).FirstOrDefault(place => place.IsKnown) ?? Place.Unknown
            : Place.Unknown;
    }

    public void Dispose() => Array.ForEach(files, f => f.Dispose());

    private static IEnumerable<string> Paths(LocationOptions options)
    {
        if (options.Databases.Count > 0)
        {
            return options.Databases.Select(DataFolder.Resolve);
        }

        var shipped = Path.Combine(AppContext.BaseDirectory, "locations");
        return Directory.Exists(shipped) ? Directory.GetFiles(shipped, "*.mmdb").Order(StringComparer.Ordinal) : [];
    }

    private static bool IsPublic(IPAddress address) => !IPAddress.IsLoopback(address) && address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !IsPrivate(address.GetAddressBytes()),
        AddressFamily.InterNetworkV6 => !address.IsIPv6LinkLocal && !address.IsIPv6UniqueLocal && !address.Equals(IPAddress.IPv6Any),
        _ => false,
    };

    private static bool IsPrivate(byte[] ipv4) => ipv4 switch
    {
        [0 or 10 or 127, ..] or [192, 168, ..] or [169, 254, ..] => true,
        [172, var second, ..] => second is >= 16 and <= 31,
        [100, var second, ..] => second is >= 64 and <= 127,
        _ => false,
    };
}

/// <summary>The section <c>Locations</c> of the settings.</summary>
public sealed class LocationOptions
{
    /// <summary>MMDB files; relative paths as in <see cref="DataFolder"/>. Empty: those in <c>locations</c> beside the program.</summary>
    public IReadOnlyList<string> Databases { get; init; } = [];
}

/// <summary>One database file. Type and age (UTC) are null when it could not be read; the problem says why, and is null when all is well.</summary>
public sealed record LocationDatabase(string Path, string? Type, DateTimeOffset? BuiltAt, string? Problem);

public static class LocationServices
{
    public static IServiceCollection AddLocations(this IServiceCollection services)
    {
        services.AddOptions<LocationOptions>().BindConfiguration("Locations")
            .Validate(o => o.Databases.All(path => path.Trim().Length > 0), "Locations:Databases holds ''; each entry must name an MMDB file.")
            .ValidateOnStart();
        services.AddSingleton<MmdbLocator>();
        services.AddSingleton<IIpLocator>(s => s.GetRequiredService<MmdbLocator>());
        return services;
    }
}
