using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.SignIn.Passkeys;

/// <summary>A challenge that a passkey has answered: it is not taken twice, whatever cookie comes with it.</summary>
public sealed class UsedChallenge
{
    /// <summary>The name that the challenge's cookie carries.</summary>
    public required Guid Id { get; init; }

    /// <summary>UTC.</summary>
    public required DateTimeOffset At { get; init; }
}

public sealed class UsedChallengeTable : IEntityTypeConfiguration<UsedChallenge>
{
    public void Configure(EntityTypeBuilder<UsedChallenge> builder)
    {
        builder.ToTable("UsedChallenges");
        builder.HasKey(c => c.Id);
        builder.Property(c => c.Id).ValueGeneratedNever();
        builder.HasIndex(c => c.At);
    }
}

/// <summary>Adds to Identity's table when a passkey last answered (UTC). Identity writes whole rows; this column it leaves alone.</summary>
public sealed class PasskeyTable : IEntityTypeConfiguration<IdentityUserPasskey<string>>
{
    internal const string LastUsedAt = "LastUsedAt";

    public void Configure(EntityTypeBuilder<IdentityUserPasskey<string>> builder) =>
        builder.Property<DateTimeOffset?>(LastUsedAt).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
}

/// <summary>Challenges whose cookie is long out of date.</summary>
internal sealed class UsedChallengePurge(TimeProvider clock) : IPurge
{
    private const int Some = 1000;

    /// <summary>Far longer than a challenge can be answered, which is five minutes.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    public Task<int> PurgeSomeAsync(PortalDbContext db, CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Kept;
        var old = db.Set<UsedChallenge>().Where(c => c.At < before).OrderBy(c => c.At).Take(Some).Select(c => c.Id);
        return db.Set<UsedChallenge>().Where(c => old.Contains(c.Id)).ExecuteDeleteAsync(ct);
    }
}
