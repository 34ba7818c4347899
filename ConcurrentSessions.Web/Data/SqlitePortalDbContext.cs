using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace ConcurrentSessions.Web.Data;

/// <summary>The embedded default. SQLite cannot order <see cref="DateTimeOffset"/>, so points in time are kept as UTC ticks.</summary>
public sealed class SqlitePortalDbContext(DbContextOptions<SqlitePortalDbContext> options) : PortalDbContext(options)
{
    // A transaction is BEGIN IMMEDIATE: its owner is the only writer of all and needs no further lock.
    internal override Task<TransactionMark> LockAsync(string what, CancellationToken ct) => Task.FromResult(default(TransactionMark));

    // There is no network between the program and the file: a commit that failed did not happen.
    internal override Task<bool> WasCommittedAsync(TransactionMark mark, CancellationToken ct) => Task.FromResult(false);

    internal override bool MayPass(Exception failure) => false;

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        base.ConfigureConventions(configurationBuilder);
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();
        configurationBuilder.DefaultTypeMapping<DateTimeOffset>().HasConversion<UtcTicks>(); // parameters of our own statements
    }

    private sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(
        time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
}
