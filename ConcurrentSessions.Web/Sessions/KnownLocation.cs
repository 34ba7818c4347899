using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>A place a user has signed in from before, hence not news, or a network that they call usual.</summary>
public sealed class KnownLocation
{
    public required string UserId { get; init; }

    /// <summary>See <see cref="KeyOf"/> and <see cref="KeyOfNetwork"/>.</summary>
    public required string PlaceKey { get; init; }

    /// <summary>For people, like "Lyon, Auvergne-Rhône-Alpes, France" or "203.0.113.0/24"; null until it is called usual.</summary>
    public string? Name { get; private set; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>Since when its owner calls it usual (UTC); null when they do not.</summary>
    public DateTimeOffset? UsualSince { get; private set; }

    /// <summary>
    /// Country and region: a city would make a phone's every journey news. All unknown places are one and the same,
    /// so that a missing database causes no storm of mails.
    /// </summary>
    public static string KeyOf(Place place) => Cut(place.IsKnown ? $"{place.CountryCode ?? place.Country}/{place.Region}" : "unknown");

    /// <summary>The key of a network, which no place has; null where the address is not known.</summary>
    /// <param name="network">As <see cref="Session.IpNetwork"/> has it.</param>
    public static string? KeyOfNetwork(string? network) => network is null ? null : Cut($"network {network}");

    public void CallUsual(string name, DateTimeOffset now) => (Name, UsualSince) = (name, UsualSince ?? now);

    public void CallUsualNoMore() => (Name, UsualSince) = (null, null);

    private static string Cut(string key) => key.Length <= KnownLocationTable.KeyLength ? key : key[..KnownLocationTable.KeyLength];
}

public sealed class KnownLocationTable : IEntityTypeConfiguration<KnownLocation>
{
    internal const int KeyLength = 128;

    private const int NameLength = 320;

    public void Configure(EntityTypeBuilder<KnownLocation> builder)
    {
        builder.ToTable("KnownLocations");
        builder.HasKey(l => new { l.UserId, l.PlaceKey });
        builder.Property(l => l.PlaceKey).HasMaxLength(KeyLength);
        builder.Property(l => l.Name).HasMaxLength(NameLength);
        builder.HasOne<PortalUser>().WithMany().HasForeignKey(l => l.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class KnownLocationSet
{
    extension(PortalDbContext db)
    {
        public DbSet<KnownLocation> KnownLocations => db.Set<KnownLocation>();
    }
}
