using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Audit;

/// <summary>
/// The table of audit events. Triggers refuse every UPDATE but the one that erases what is personal, and every DELETE but that of
/// events a retention checkpoint lets go: the trail only grows.
/// </summary>
public sealed class AuditTable : IEntityTypeConfiguration<AuditEvent>
{
    public const int ReasonLength = 500;
    private const int UserAgentLength = 512;

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
        builder.Property(e => e.UserAgent).HasMaxLength(UserAgentLength);
        builder.Property(e => e.Reason).HasMaxLength(ReasonLength);
        builder.HasIndex(e => new { e.SubjectId, e.Sequence });
        builder.HasIndex(e => e.At);
        builder.HasIndex(e => e.At, "IX_AuditEvents_At_WithOrigin").HasFilter("\"OriginSalt\" IS NOT NULL");
    }
}

/// <summary>The chain: one row for each event, written by the database alone.</summary>
public sealed class ChainTable : IEntityTypeConfiguration<ChainLink>
{
    public void Configure(EntityTypeBuilder<ChainLink> builder)
    {
        builder.ToTable("AuditChain");
        builder.HasKey(l => l.Number);
        builder.Property(l => l.Number).ValueGeneratedNever();
        builder.HasIndex(l => l.Event).IsUnique();
    }
}

/// <summary>Triggers refuse every UPDATE and DELETE.</summary>
public sealed class CheckpointTable : IEntityTypeConfiguration<Checkpoint>
{
    public void Configure(EntityTypeBuilder<Checkpoint> builder)
    {
        builder.ToTable("AuditCheckpoints");
        builder.Property(c => c.Kind).HasConversion<string>().HasMaxLength(16);
        builder.Property(c => c.KeyId).HasMaxLength(16);
        builder.HasIndex(c => c.Number);
    }
}

public static class AuditSet
{
    extension(PortalDbContext db)
    {
        public DbSet<AuditEvent> AuditEvents => db.Set<AuditEvent>();

        public DbSet<ChainLink> AuditChain => db.Set<ChainLink>();

        public DbSet<Checkpoint> AuditCheckpoints => db.Set<Checkpoint>();

        /// <summary>Events without a place in the ledger. The database gives each one as it is written: these have come in another way.</summary>
        internal IQueryable<AuditEvent> Outside()
        {
            var chain = db.AuditChain;
            return db.AuditEvents.AsNoTracking().Where(e => !chain.Any(l => l.Event == e.Sequence)).OrderBy(e => e.Sequence);
        }
    }
}
