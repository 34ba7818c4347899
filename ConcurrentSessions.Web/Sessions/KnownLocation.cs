using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>A place a user has signed in from before, hence not news.</summary>
public sealed class KnownLocation
{
    public required string UserId { get; init; }

    /// <summary>See <see cref="KeyOf"/>.</summary>
    public required string PlaceKey { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset FirstSeenAt { get; init; }

    /// <summary>
    /// Country and region: a city would make a phone's every journey news. All unknown places are one and the same,
    /// so that a missing database causes no storm of mails.
    /// </summary>
    public static string KeyOf(Place place)
    {
        var key = place.IsKnown ? $"{place.CountryCode ?? place.Country}/{place.Region}" : "unknown";
        return key.Length <= KnownLocationTable.KeyLength ? key : key[..KnownLocationTable.KeyLength];
    }
}

public sealed class KnownLocationTable : IEntityTypeConfiguration<KnownLocation>
{
    internal const int KeyLength = 128;

    public void Configure(EntityTypeBuilder<KnownLocation> builder)
    {
        builder.ToTable("KnownLocations");
        builder.HasKey(l => new { l.UserId, l.PlaceKey });
        builder.Property(l => l.PlaceKey).HasMaxLength(KeyLength);
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
