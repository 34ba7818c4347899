using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.SignIn.Guessing;

/// <summary>Attempts counted under one key: those that were wrong, and those under way.</summary>
public sealed class SignInFailures
{
    /// <summary>Upper-case hexadecimal of a SHA-256: what was typed as a name may be a password typed into the wrong field.</summary>
    public required string Key { get; init; }

    public int Count { get; set; }

    /// <summary>When the next attempt is looked at (UTC).</summary>
    public DateTimeOffset NextAt { get; set; }

    /// <summary>Attempts that were turned away and written to the audit trail.</summary>
    public int Refusals { get; set; }

    /// <summary>When the last of them was written (UTC).</summary>
    public DateTimeOffset NotedAt { get; set; }

    /// <summary>Zero when an attempt may be looked at; never more than the rule's wait, even if the clock has gone back.</summary>
    public TimeSpan WaitAt(DateTimeOffset now, GuessingRule rule)
    {
        var (left, most) = (NextAt - now, rule.WaitAfter(Count));
        return left <= TimeSpan.Zero ? TimeSpan.Zero : left < most ? left : most;
    }

    /// <summary>Written before the clock went back: its time would be waited for longer than any rule says.</summary>
    public bool IsOfALaterClock(DateTimeOffset now, GuessingRule rule) => NextAt - now > rule.WaitAfter(Count);

    public void Reserve(DateTimeOffset now, GuessingRule rule)
    {
        if (NextAt + rule.MemoryAfter(Count) <= now)
        {
            (Count, Refusals) = (0, 0);
        }

        Count++;
        NextAt = now + rule.WaitAfter(Count);
    }
}

public sealed class SignInFailuresTable : IEntityTypeConfiguration<SignInFailures>
{
    public void Configure(EntityTypeBuilder<SignInFailures> builder)
    {
        builder.ToTable("SignInFailures");
        builder.HasKey(f => f.Key);
        builder.Property(f => f.Key).HasMaxLength(64);
        builder.HasIndex(f => f.NextAt);
    }
}
