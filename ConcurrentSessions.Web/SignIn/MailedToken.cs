using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// What makes a mailed link work: once, within an hour, for one user and one purpose, and only while the credentials are
/// those it was made under. A newer one takes the place of an older one. Only a hash is kept (ASVS 6.4.1, 6.6.2).
/// </summary>
public sealed class MailedToken
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    public required string UserId { get; init; }

    /// <summary>Identity's purpose without its target: "ResetPassword", "EmailConfirmation", "ChangeEmail".</summary>
    public required string Kind { get; init; }

    /// <summary>Of the key, the user and the whole purpose: the key for one new address confirms no other.</summary>
    public required byte[] KeyHash { get; init; }

    public required string SecurityStamp { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Makes a token in the caller's turn of the user; the older one of its kind is void with it.</summary>
    public static async Task<string> IssueAsync(PortalDbContext db, PortalUser user, string purpose, DateTimeOffset now, CancellationToken ct)
    {
        var (key, kind) = (SessionKey.New(), KindOf(purpose));
        await db.MailedTokens.Where(t => t.UserId == user.Id && t.Kind == kind).ExecuteDeleteAsync(ct);
        db.MailedTokens.Add(new()
        {
            UserId = user.Id, Kind = kind, KeyHash = HashOf(key, user, purpose), SecurityStamp = user.SecurityStamp ?? "", ExpiresAt = now + Lifetime,
        });
        return key.ToCookie();
    }

    internal static string KindOf(string purpose) => purpose.Split(':', 2)[0];

    internal static byte[] HashOf(SessionKey key, PortalUser user, string purpose) => key.HashFor($"{user.Id}\n{purpose}");
}

/// <summary>Identity's token provider for everything that is mailed. Asking whether a token is right uses it up.</summary>
public sealed class MailedTokenProvider(IDbContextFactory<PortalDbContext> databases, TimeProvider clock) : IUserTwoFactorTokenProvider<PortalUser>
{
    public const string Name = "Mailed";

    public async Task<string> GenerateAsync(string purpose, UserManager<PortalUser> manager, PortalUser user)
    {
        await using var db = await databases.CreateDbContextAsync();
        await using var turn = await db.TakeTurnAsync(user.Id, CancellationToken.None);
        var token = await MailedToken.IssueAsync(db, user, purpose, clock.GetUtcNow(), CancellationToken.None);
        await db.SaveChangesAsync();
        await turn.CommitAsync();
        return token;
    }

    // Deleting claims it: of twenty that come at once, one finds something to delete.
    public async Task<bool> ValidateAsync(string purpose, string token, UserManager<PortalUser> manager, PortalUser user)
    {
        if (SessionKey.FromCookie(token) is not { } key)
        {
            return false;
        }

        await using var db = await databases.CreateDbContextAsync();
        var (kind, hash, now) = (MailedToken.KindOf(purpose), MailedToken.HashOf(key, user, purpose), clock.GetUtcNow());
        return await db.MailedTokens
            .Where(t => t.UserId == user.Id && t.Kind == kind && t.KeyHash == hash && t.SecurityStamp == user.SecurityStamp && t.ExpiresAt > now)
            .ExecuteDeleteAsync() == 1;
    }

    public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<PortalUser> manager, PortalUser user) => Task.FromResult(false);
}

public sealed class MailedTokenTable : IEntityTypeConfiguration<MailedToken>
{
    public void Configure(EntityTypeBuilder<MailedToken> builder)
    {
        builder.ToTable("MailedTokens");
        builder.HasKey(t => new { t.UserId, t.Kind });
        builder.Property(t => t.Kind).HasMaxLength(32);
        builder.Property(t => t.KeyHash).HasMaxLength(32);
        builder.Property(t => t.SecurityStamp).HasMaxLength(64);
        builder.HasOne<PortalUser>().WithMany().HasForeignKey(t => t.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class MailedTokenSet
{
    extension(PortalDbContext db)
    {
        public DbSet<MailedToken> MailedTokens => db.Set<MailedToken>();
    }
}
