using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Mail;

/// <summary>A notice over the budget of its address. The next digest tells it, and the row goes.</summary>
public sealed class HeldNotice
{
    internal const int LineLength = MailText.SubjectLength;

    private HeldNotice()
    {
    }

    public Guid Id { get; private init; }

    public required string UserId { get; init; }

    public required string To { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset At { get; private init; }

    /// <summary>When the digest is written (UTC).</summary>
    public DateTimeOffset DueAt { get; private init; }

    public required string Line { get; init; }

    /// <summary>Where it can be reported; it opens nothing.</summary>
    public string? NotMe { get; private init; }

    public static HeldNotice Of(string userId, Letter letter, DateTimeOffset due, string line, Uri? notMe) => new()
    {
        Id = Guid.CreateVersion7(letter.At),
        UserId = userId,
        To = letter.To,
        At = letter.At,
        DueAt = due,
        Line = MailText.OneLine(line),
        NotMe = notMe?.AbsoluteUri,
    };
}

public sealed class HeldNoticeTable : IEntityTypeConfiguration<HeldNotice>
{
    public void Configure(EntityTypeBuilder<HeldNotice> builder)
    {
        builder.ToTable("HeldNotices");
        builder.Property(h => h.Id).ValueGeneratedNever();
        builder.Property(h => h.To).HasMaxLength(OutboxTable.AddressLength);
        builder.Property(h => h.Line).HasMaxLength(HeldNotice.LineLength);
        builder.Property(h => h.NotMe).HasMaxLength(512);
        builder.HasIndex(h => h.DueAt);
        builder.HasOne<PortalUser>().WithMany().HasForeignKey(h => h.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class HeldNoticeSet
{
    extension(PortalDbContext db)
    {
        public DbSet<HeldNotice> HeldNotices => db.Set<HeldNotice>();
    }
}
