using System.Net;
using ConcurrentSessions.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Without its store the portal signs nobody in and shows nobody's data.</summary>
[Trait("Check", "S37")]
public sealed class OutageTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();

    public async ValueTask InitializeAsync() => await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Nobody_is_signed_in_while_the_session_table_cannot_be_read_and_everybody_again_after()
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync("ada@portal.example");
        await portal.InDatabaseAsync(db => db.Database.ExecuteSqlRawAsync("""ALTER TABLE "Sessions" RENAME TO "Away" """));
        Assert.False(await laptop.IsSignedInAsync());
        using (var api = await laptop.GetAsync("/api/session"))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
        }

        using var newcomer = portal.NewVisitor();
        using var refused = await newcomer.SignInAsync("ada@portal.example");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.DoesNotContain("   at ", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        await portal.InDatabaseAsync(db => db.Database.ExecuteSqlRawAsync("""ALTER TABLE "Away" RENAME TO "Sessions" """));
        Assert.True(await laptop.IsSignedInAsync());
    }

    [Fact]
    public async Task What_cannot_be_audited_does_not_happen()
    {
        using var laptop = portal.NewVisitor();
        await portal.InDatabaseAsync(db => db.Database.ExecuteSqlRawAsync("""ALTER TABLE "AuditEvents" RENAME TO "Away" """));
        using var refused = await laptop.SignInAsync("ada@portal.example");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Empty(await portal.ActiveSessionsAsync("ada@portal.example"));
    }

    [Fact]
    public async Task Readiness_says_no_and_liveness_yes_without_the_database()
    {
        using var probe = portal.NewVisitor();
        Assert.Equal(HttpStatusCode.OK, (await probe.GetAsync("/health/ready")).StatusCode);
        await portal.InDatabaseAsync(db => db.Database.ExecuteSqlRawAsync("""ALTER TABLE "__EFMigrationsHistory" RENAME TO "Away" """));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await probe.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await probe.GetAsync("/health/live")).StatusCode);
    }
}
