using System.Net;
using ConcurrentSessions.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A disk without room for one more page: nothing is done that cannot be written down, and it is said so.</summary>
[Trait("Check", "S53")]
public sealed class FullDiskTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";

    private readonly ThrowAwayDatabase database = ThrowAwayDatabase.New("Sqlite");
    private readonly PortalFactory portal;

    public FullDiskTests() => portal = PortalFactory.On(database);

    public async ValueTask InitializeAsync() => await portal.AddUserAsync(Ada);

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task A_full_disk_refuses_for_now_what_cannot_be_written_and_harms_nothing()
    {
        using var stays = portal.NewVisitor();
        using var leaves = portal.NewVisitor();
        await stays.SignInAsync(Ada);
        await leaves.SignInAsync(Ada);
        using var disk = FullDisk.Under(database.Folder);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await FirstRefusalAsync());
        Assert.True(await stays.IsSignedInAsync());

        var before = TimeProvider.System.GetTimestamp();
        using var answer = await leaves.SignOutAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(before) < TimeSpan.FromSeconds(2));
        Assert.True(answer.StatusCode == HttpStatusCode.ServiceUnavailable || !await leaves.IsSignedInAsync(), $"It said {answer.StatusCode} and was not so.");
        Assert.Equal("ok", await portal.InDatabaseAsync(db => db.Database.SqlQueryRaw<string>("SELECT integrity_check AS Value FROM pragma_integrity_check").SingleAsync()));

        disk.Clear();
        await leaves.SignOutAsync();
        Assert.False(await leaves.IsSignedInAsync());
        await leaves.SignInAsync(Ada);
        Assert.True(await leaves.IsSignedInAsync());
        await portal.AssertInvariantsAsync();
    }

    // What the database has to spare is used up first.
    private async Task<HttpStatusCode> FirstRefusalAsync()
    {
        var status = HttpStatusCode.OK;
        for (var attempt = 0; attempt < 100 && status is HttpStatusCode.OK or HttpStatusCode.Found; attempt++)
        {
            using var visitor = portal.NewVisitor();
            using var answer = await visitor.SignInAsync(Ada);
            status = answer.StatusCode;
        }

        return status;
    }
}
