using System.Data.Common;
using ConcurrentSessions.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class MigrationTests
{
    [Theory]
    [InlineData("UPDATE \"AuditEvents\" SET \"Reason\" = 'nothing happened'")]
    [InlineData("DELETE FROM \"AuditEvents\"")]
    [Trait("Check", "S27")]
    public async Task The_audit_trail_only_grows(string tampering)
    {
        await using var portal = new PortalFactory();
        var before = await portal.AuditAsync();
        Assert.NotEmpty(before);
        await Assert.ThrowsAnyAsync<DbException>(() => portal.InDatabaseAsync(db => db.Database.ExecuteSqlRawAsync(tampering)));
        Assert.Equal(before.Count, (await portal.AuditAsync()).Count);
    }
}
