using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>
/// A mailed link to “This wasn't me”: 256 random bits for one sign-in, of which only a hash is kept. It opens nothing; whoever
/// has it can only take access away. It may be used again and again until it expires: what it does, it does once.
/// </summary>
public sealed class NotMeLink
{
    public const string Page = "/Account/NotMe";

    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    private NotMeLink()
    {
    }

    public required byte[] KeyHash { get; init; }

    public required string UserId { get; init; }

    /// <summary>The sign-in that it reports.</summary>
    public SessionId SessionId { get; private init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset ExpiresAt { get; private init; }

    /// <summary>Makes a link in the caller's transaction.</summary>
    /// <returns>What goes into the mail, and nowhere else.</returns>
    public static Uri Issue(PortalDbContext db, PublicLinks links, Session session, DateTimeOffset now)
    {
        var key = SessionKey.New();
        db.NotMeLinks.Add(new() { KeyHash = key.Hash(), UserId = session.UserId, SessionId = session.Id, ExpiresAt = now + Lifetime });
        return links.To(Page, ("token", key.ToCookie()));
    }
}

public sealed class NotMeLinkTable : IEntityTypeConfiguration<NotMeLink>
{
    public void Configure(EntityTypeBuilder<NotMeLink> builder)
    {
        builder.ToTable("NotMeLinks");
        builder.HasKey(l => l.KeyHash);
        builder.Property(l => l.KeyHash).HasMaxLength(32);
        builder.Property(l => l.SessionId).HasConversion(id => id.Value, value => new SessionId(value));
        builder.HasIndex(l => l.ExpiresAt);
        builder.HasOne<PortalUser>().WithMany().HasForeignKey(l => l.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

/// <summary>Links a month after they expired (until then their page can say so), and reports of sessions that are purged.</summary>
internal sealed class NotMePurge(TimeProvider clock) : IPurge
{
    private const int Some = 1000;

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(30);

    public async Task<int> PurgeSomeAsync(PortalDbContext db, CancellationToken ct)
    {
        var (before, sessions) = (clock.GetUtcNow() - Remembered, db.Sessions);
        var links = db.NotMeLinks.Where(l => l.ExpiresAt < before).OrderBy(l => l.ExpiresAt).Take(Some).Select(l => l.KeyHash);
        var reports = db.DisownedSignIns.Where(d => d.ReportedAt < before && !sessions.Any(s => s.Id == d.SessionId))
            .OrderBy(d => d.ReportedAt).Take(Some).Select(d => d.SessionId);
        return await db.NotMeLinks.Where(l => links.Contains(l.KeyHash)).ExecuteDeleteAsync(ct)
            + await db.DisownedSignIns.Where(d => reports.Contains(d.SessionId)).ExecuteDeleteAsync(ct);
    }
}
