using ConcurrentSessions.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Architecture;

public sealed class MigrationTests
{
    [Fact]
    public async Task The_migrations_make_exactly_the_model()
    {
        await using var portal = new PortalFactory();
        Assert.False(await portal.InDatabaseAsync(db => Task.FromResult(db.Database.HasPendingModelChanges())));
        Assert.Empty(await portal.InDatabaseAsync(db => db.Database.GetPendingMigrationsAsync()));
    }

    [Theory]
    [InlineData("UPDATE AuditEvents SET Reason = 'nothing happened'")]
    [InlineData("DELETE FROM AuditEvents")]
    public async Task The_audit_trail_only_grows(string tampering)
    {
        await using var portal = new PortalFactory();
        var before = await portal.AuditAsync();
        Assert.NotEmpty(before);
        await Assert.ThrowsAsync<Microsoft.Data.Sqlite.SqliteException>(
            () => portal.InDatabaseAsync(db => db.Database.ExecuteSqlRawAsync(tampering)));
        Assert.Equal(before.Count, (await portal.AuditAsync()).Count);
    }
}
