using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Mail;

public sealed class OutboxTable : IEntityTypeConfiguration<OutboxMessage>
{
    internal const int AddressLength = 320;

    private const int ErrorLength = 500;

    public void Configure(EntityTypeBuilder<OutboxMessage> builder)
    {
        builder.ToTable("Outbox");
        builder.HasKey(m => m.Id);
        builder.Property(m => m.Id).ValueGeneratedNever();
        builder.Property(m => m.Kind).HasMaxLength(64);
        builder.Property(m => m.To).HasMaxLength(AddressLength);
        builder.Property(m => m.Mailbox).HasMaxLength(AddressLength);
        builder.Property(m => m.Subject).HasMaxLength(MailText.SubjectLength);
        builder.Property(m => m.SubjectUserId).HasMaxLength(64);
        builder.Property(m => m.LastError).HasMaxLength(ErrorLength);
        // A node whose lease ran out while it was sending must not write over the one that took the mail after it.
        builder.Property(m => m.LeaseUntil).IsConcurrencyToken();
        builder.HasIndex(m => m.NextAttemptAt).HasFilter("\"SentAt\" IS NULL AND \"FailedAt\" IS NULL");
        builder.HasIndex(m => new { m.Mailbox, m.CreatedAt });
        builder.HasIndex(m => m.CreatedAt);
        builder.HasIndex(m => m.FailedAt);
    }

    internal static string Cut(string error) => error.Length <= ErrorLength ? error : error[..ErrorLength];
}

public static class OutboxSet
{
    extension(PortalDbContext db)
    {
        public DbSet<OutboxMessage> Outbox => db.Set<OutboxMessage>();
    }

    /// <summary>Neither sent nor given up, due, and nobody at work on it.</summary>
    public static IQueryable<OutboxMessage> DueAt(this IQueryable<OutboxMessage> outbox, DateTimeOffset now) => outbox.Where(m =>
        m.SentAt == null && m.FailedAt == null && m.NextAttemptAt <= now && (m.LeaseUntil == null || m.LeaseUntil <= now));
}
