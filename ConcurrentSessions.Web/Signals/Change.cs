using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Signals;

/// <summary>
/// What the database says has changed. Triggers write it in the same transaction as the change, so that no way of changing
/// a row, not even by hand, goes unheard. Nodes read it in the order of its numbers, never of its times.
/// </summary>
public sealed class Change
{
    /// <summary>On SQLite the order of commits. On PostgreSQL only a name: there <see cref="Transaction"/> says what may still be unread.</summary>
    public long Sequence { get; private set; }

    /// <summary>PostgreSQL's number of the transaction; 0 on SQLite.</summary>
    public long Transaction { get; private set; }

    /// <summary>Whose sessions; null: everybody's.</summary>
    public string? UserId { get; private set; }

    public SessionId? SessionId { get; private set; }

    public SessionChangeKind Kind { get; private set; }

    /// <summary>When the trigger ran, by the database's clock (UTC). For measuring and purging only.</summary>
    public DateTimeOffset At { get; private set; }

    internal static Change Read(string? userId, Guid? session, SessionChangeKind kind, DateTimeOffset at) =>
        new() { UserId = userId, SessionId = session is { } id ? new SessionId(id) : null, Kind = kind, At = at };
}

/// <summary>Which database this is, as it was when the portal last looked. One row.</summary>
public sealed class Epoch
{
    public int Id { get; private init; } = 1;

    /// <summary>Raised when the database turned out to be another than the one that was left: a restored backup.</summary>
    public int Number { get; set; }

    /// <summary>What tells this database from a copy of it.</summary>
    public required string Fingerprint { get; set; }
}

public sealed class ChangeTable : IEntityTypeConfiguration<Change>
{
    public void Configure(EntityTypeBuilder<Change> builder)
    {
        builder.ToTable("Changes");
        builder.HasKey(c => c.Sequence);
        builder.Property(c => c.UserId).HasMaxLength(64);
        builder.Property(c => c.SessionId).HasConversion(id => id!.Value.Value, value => new SessionId(value));
        builder.Property(c => c.Kind).HasConversion<string>().HasMaxLength(16);
        builder.HasIndex(c => c.Transaction);
        builder.HasIndex(c => c.At);
    }
}

public sealed class EpochTable : IEntityTypeConfiguration<Epoch>
{
    public void Configure(EntityTypeBuilder<Epoch> builder)
    {
        builder.ToTable("Epoch");
        builder.Property(e => e.Id).ValueGeneratedNever();
        builder.Property(e => e.Fingerprint).HasMaxLength(200);
    }
}

public static class SignalSets
{
    extension(PortalDbContext db)
    {
        public DbSet<Change> Changes => db.Set<Change>();

        public DbSet<Epoch> Epochs => db.Set<Epoch>();
    }
}
