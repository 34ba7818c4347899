using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Users;

/// <summary>The one-time link that makes the first administrator (ASVS 6.3.2: no default accounts). Only its hash is kept.</summary>
public sealed class SetUpLink
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public required byte[] KeyHash { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public static SetUpLink For(SessionKey key, DateTimeOffset now) => new() { KeyHash = key.Hash(), ExpiresAt = now + Lifetime };
}

public sealed class SetUpLinkTable : IEntityTypeConfiguration<SetUpLink>
{
    public void Configure(EntityTypeBuilder<SetUpLink> builder)
    {
        builder.ToTable("SetUpLinks");
        builder.HasKey(l => l.KeyHash);
        builder.Property(l => l.KeyHash).HasMaxLength(32);
    }
}

public static class SetUpLinkSet
{
    extension(PortalDbContext db)
    {
        public DbSet<SetUpLink> SetUpLinks => db.Set<SetUpLink>();
    }
}
