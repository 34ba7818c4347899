using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Audit;

/// <summary>The table of audit events. Triggers refuse DELETE and every UPDATE but the one that takes an IP address away: the trail only grows.</summary>
public sealed class AuditTable : IEntityTypeConfiguration<AuditEvent>
{
    public const int ReasonLength = 500;

    public void Configure(EntityTypeBuilder<AuditEvent> builder)
    {
        builder.ToTable("AuditEvents");
        builder.HasKey(e => e.Sequence);
        builder.Property(e => e.Sequence).ValueGeneratedOnAdd();
        builder.Property(e => e.Name).HasMaxLength(64);
        builder.Property(e => e.Outcome).HasConversion<string>().HasMaxLength(16);
        builder.Property(e => e.ActorKind).HasConversion<string>().HasMaxLength(16);
        builder.Property(e => e.ActorId).HasMaxLength(64);
        builder.Property(e => e.SubjectId).HasMaxLength(64);
        builder.Property(e => e.IpAddress).HasMaxLength(45);
        builder.Property(e => e.IpNetwork).HasMaxLength(45);
        builder.Property(e => e.Reason).HasMaxLength(ReasonLength);
        builder.HasIndex(e => new { e.SubjectId, e.Sequence });
        builder.HasIndex(e => e.At);
        builder.HasIndex(e => e.At, "IX_AuditEvents_At_WithIpAddress").HasFilter("\"IpAddress\" IS NOT NULL");
    }
}

public static class AuditSet
{
    extension(PortalDbContext db)
    {
        public DbSet<AuditEvent> AuditEvents => db.Set<AuditEvent>();
    }
}
