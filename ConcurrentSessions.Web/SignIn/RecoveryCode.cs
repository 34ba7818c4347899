using System.Security.Cryptography;
using System.Text;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// One unused recovery code of a user, as its SHA-256: with 120 random bits a slow hash would protect nothing more (ASVS 6.5.2).
/// A code that is used is deleted.
/// </summary>
public sealed class RecoveryCode
{
    /// <summary>How many a user gets at once.</summary>
    public const int Count = 10;

    // Crockford's base 32: no letter looks like another or like a digit, and case means nothing.
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 24;
    private const int Group = 4;

    public required string UserId { get; init; }

    public required byte[] Hash { get; init; }

    /// <summary>A code to show to its owner, once: six groups of four.</summary>
    public static string New() => string.Join('-', RandomNumberGenerator.GetString(Alphabet, Length).Chunk(Group).Select(g => new string(g)));

    public static RecoveryCode Of(string userId, string code) => new() { UserId = userId, Hash = HashOf(code) };

    /// <summary>Of what a person typed: gaps, case and the letters that are easily mistaken make no difference.</summary>
    public static byte[] HashOf(string typed) => SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Concat(typed.ToLowerInvariant().Where(char.IsLetterOrDigit)).Replace('o', '0').Replace('i', '1').Replace('l', '1')));
}

public sealed class RecoveryCodeTable : IEntityTypeConfiguration<RecoveryCode>
{
    public void Configure(EntityTypeBuilder<RecoveryCode> builder)
    {
        builder.ToTable("RecoveryCodes");
        builder.HasKey(c => new { c.UserId, c.Hash });
        builder.Property(c => c.UserId).HasMaxLength(64);
        builder.Property(c => c.Hash).HasMaxLength(32);
        builder.HasOne<PortalUser>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class RecoveryCodeSet
{
    extension(PortalDbContext db)
    {
        public DbSet<RecoveryCode> RecoveryCodes => db.Set<RecoveryCode>();
    }
}
