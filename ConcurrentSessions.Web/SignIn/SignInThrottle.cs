using System.Net;
using System.Security.Cryptography;
using System.Text;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// Slows down guessing, per account and network, without ever locking the account: five failures are free, then each
/// doubles the wait from one second to fifteen minutes. An hour without a failure forgets them.
/// </summary>
public sealed class SignInThrottle(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    /// <summary>What is guessed: each is counted apart.</summary>
    public const string Passwords = "password";

    private const int Free = 5;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    /// <summary>How long until an attempt is looked at, zero when it may be made now; and whether any failure is remembered.</summary>
    /// <param name="what">Password and second factor are counted apart.</param>
    public async Task<(TimeSpan Wait, bool FailedBefore)> LookAsync(string what, string account, IPAddress? from, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var (key, now) = (Key(what, account, from), clock.GetUtcNow());
        var failures = await db.Set<SignInFailures>().AsNoTracking().SingleOrDefaultAsync(f => f.Key == key, ct);
        var wait = failures is null || failures.LastAt + Memory <= now ? TimeSpan.Zero : Later(failures.LastAt + Delay(failures.Count) - now);
        return (wait, failures is not null);
    }

    /// <returns>How many failures are remembered now.</returns>
    public async Task<int> NoteFailureAsync(string what, string account, IPAddress? from, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var (key, now) = (Key(what, account, from), clock.GetUtcNow());
        await using var turn = await db.TakeTurnOfAsync("guesses " + key, ct);
        var failures = await db.Set<SignInFailures>().SingleOrDefaultAsync(f => f.Key == key, ct);
        if (failures is null)
        {
            failures = new SignInFailures { Key = key, Count = 1, LastAt = now };
            db.Add(failures);
            var forgotten = now - Memory;
            await db.Set<SignInFailures>().Where(f => f.LastAt < forgotten).ExecuteDeleteAsync(ct);
        }
        else
        {
            failures.Count = failures.LastAt + Memory <= now ? 1 : failures.Count + 1;
            failures.LastAt = now;
        }

        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        return failures.Count;
    }

    public async Task ForgetAsync(string what, string account, IPAddress? from, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var key = Key(what, account, from);
        if (await db.Set<SignInFailures>().AnyAsync(f => f.Key == key, ct))
        {
            await db.Set<SignInFailures>().Where(f => f.Key == key).ExecuteDeleteAsync(ct);
        }
    }

    private static TimeSpan Later(TimeSpan wait) => wait > TimeSpan.Zero ? wait : TimeSpan.Zero;

    private static TimeSpan Delay(int count) => count < Free
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(Math.Pow(2, Math.Min(count - Free, 20)), Longest.TotalSeconds));

    // What is typed as a name may be a password typed into the wrong field: only a hash is kept.
    private static string Key(string what, string account, IPAddress? from) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{what}\n{account.ToUpperInvariant()}\n{ClientReader.Network(from)}")));
}

/// <summary>Failed attempts under one key (a hash of account and network).</summary>
public sealed class SignInFailures
{
    public required string Key { get; init; }

    public int Count { get; set; }

    public DateTimeOffset LastAt { get; set; }
}

public sealed class SignInFailuresTable : IEntityTypeConfiguration<SignInFailures>
{
    public void Configure(EntityTypeBuilder<SignInFailures> builder)
    {
        builder.ToTable("SignInFailures");
        builder.HasKey(f => f.Key);
        builder.Property(f => f.Key).HasMaxLength(64);
        builder.HasIndex(f => f.LastAt);
    }
}
