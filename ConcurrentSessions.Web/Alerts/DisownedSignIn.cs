using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>A sign-in of which its user said that it was not them, and what was done about it: each of it once.</summary>
public sealed class DisownedSignIn
{
    private DisownedSignIn()
    {
    }

    public SessionId SessionId { get; private init; }

    public required string UserId { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset ReportedAt { get; private init; }

    /// <summary>When all other sessions were ended for it (UTC); null when that was not wanted.</summary>
    public DateTimeOffset? AllEndedAt { get; private set; }

    /// <summary>When the password was made void and a link to choose another was mailed (UTC); null when that was not wanted.</summary>
    public DateTimeOffset? PasswordVoidAt { get; private set; }

    public static DisownedSignIn Of(string userId, SessionId session, DateTimeOffset now) => new() { SessionId = session, UserId = userId, ReportedAt = now };

    /// <summary>Notes what is done now.</summary>
    /// <returns>What of the choices was not done before.</returns>
    internal NotMeChoices Take(NotMeChoices choices, DateTimeOffset now)
    {
        var left = new NotMeChoices(choices.EndAll && AllEndedAt is null, choices.NewPassword && PasswordVoidAt is null);
        AllEndedAt = left.EndAll || left.NewPassword ? AllEndedAt ?? now : AllEndedAt;
        PasswordVoidAt = left.NewPassword ? now : PasswordVoidAt;
        return left;
    }
}

/// <summary>What a person wants done beyond the sign-in that they reported.</summary>
/// <param name="NewPassword">The old one is void at once, and a link goes to the address on file. It ends all sessions as well.</param>
public sealed record NotMeChoices(bool EndAll, bool NewPassword)
{
    public bool IsAny => EndAll || NewPassword;
}

public sealed class DisownedSignInTable : IEntityTypeConfiguration<DisownedSignIn>
{
    public void Configure(EntityTypeBuilder<DisownedSignIn> builder)
    {
        builder.ToTable("DisownedSignIns");
        builder.HasKey(d => d.SessionId);
        builder.Property(d => d.SessionId).HasConversion(id => id.Value, value => new SessionId(value)).ValueGeneratedNever();
        builder.HasOne<PortalUser>().WithMany().HasForeignKey(d => d.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class NotMeSets
{
    extension(PortalDbContext db)
    {
        public DbSet<NotMeLink> NotMeLinks => db.Set<NotMeLink>();

        public DbSet<DisownedSignIn> DisownedSignIns => db.Set<DisownedSignIn>();
    }
}
