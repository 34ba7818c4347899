using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Signals;
using Npgsql;
using Xunit;

namespace ConcurrentSessions.Tests.Nodes;

/// <summary>What is changed is heard: out of order, without a bell, and afterwards by a node that was cut off.</summary>
public sealed class DeafNodeTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";

    private readonly ThrowAwayDatabase database = ThrowAwayDatabase.New("Postgres");
    private readonly PostgresWire wire;
    private readonly PortalFactory hearing;
    private readonly PortalFactory deaf;

    public DeafNodeTests()
    {
        wire = PostgresWire.To(database);
        hearing = PortalFactory.On(database);
        deaf = hearing.AnotherNode().With("ConnectionStrings:Portal", wire.ConnectionString);
    }

    public async ValueTask InitializeAsync() => await hearing.AddUserAsync(Ada);

    public async ValueTask DisposeAsync()
    {
        await deaf.DisposeAsync();
        await hearing.DisposeAsync();
        await wire.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    [Trait("Check", "S38")]
    public async Task A_node_that_was_deaf_for_longer_than_changes_are_kept_looks_at_everybody_again()
    {
        using var laptop = hearing.NewVisitor();
        await laptop.SignInAsync(Ada, remember: true);
        using var there = laptop.At(deaf);
        Assert.True(await there.IsSignedInAsync());
        wire.GoDownAt("SELECT", refusing: 100_000);
        hearing.Clock.Advance(TimeSpan.FromHours(13));
        await laptop.DeleteAsync($"/api/sessions/{(await hearing.ActiveSessionsAsync(Ada))[0].Id}");
        await using (var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=False"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var purged = new NpgsqlCommand("DELETE FROM \"Changes\"", connection);
            await purged.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        wire.Mend();
        await deaf.UntilAsync(async () => (await there.GetAsync("/api/session")).StatusCode != HttpStatusCode.ServiceUnavailable);
        Assert.False(await there.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S38")]
    public async Task A_transaction_that_began_earlier_and_commits_later_is_told_and_told_once()
    {
        var reader = new PostgresChanges();
        await ReadAsync(reader);
        await ReadAsync(reader); // what anybody on the server was still at is told once more
        await using var slow = new NpgsqlConnection(database.ConnectionString + ";Pooling=False");
        await slow.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await slow.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await RenameAsync(slow, "slow");
        using var laptop = hearing.NewVisitor();
        await hearing.AddUserAsync("bob@portal.example");
        await laptop.SignInAsync("bob@portal.example");
        var first = await ReadAsync(reader);
        var second = await ReadAsync(reader);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        var ada = (await hearing.UserAsync(Ada)).Id;
        var third = await ReadAsync(reader);
        Assert.NotEmpty(first);
        Assert.DoesNotContain(first, c => c.UserId == ada);
        Assert.Empty(second);
        Assert.Single(third, c => c.UserId == ada);
        Assert.All(third, c => Assert.Equal(ada, c.UserId));
        Assert.Empty(await ReadAsync(reader));
    }

    [Fact]
    [Trait("Check", "S37")]
    public async Task A_node_that_was_cut_off_fails_closed_and_hears_afterwards_what_it_missed()
    {
        using var laptop = deaf.NewVisitor();
        using var phone = hearing.NewVisitor();
        await laptop.SignInAsync(Ada);
        await phone.SignInAsync(Ada);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(laptop));

        wire.GoDownAt("SELECT", refusing: 1_000_000);
        using (var revoked = await phone.DeleteAsync("/api/sessions"))
        {
            Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        }

        await deaf.UntilAsync(async () => await AskAsync(laptop) == HttpStatusCode.ServiceUnavailable);
        wire.Mend();
        await deaf.UntilAsync(async () => await AskAsync(laptop) == HttpStatusCode.Unauthorized);
        await hearing.AssertInvariantsAsync();
    }

    [Fact]
    [Trait("Check", "S38")]
    public async Task Without_its_bell_a_node_says_degraded_and_hears_within_five_seconds_all_the_same()
    {
        using var laptop = deaf.NewVisitor();
        using var phone = hearing.NewVisitor();
        await laptop.SignInAsync(Ada);
        await phone.SignInAsync(Ada);
        await using var admin = new NpgsqlConnection(database.ConnectionString + ";Pooling=False");
        await admin.OpenAsync(TestContext.Current.CancellationToken);
        await deaf.UntilAsync(async () =>
        {
            await EndBellsAsync(admin);
            return await (await laptop.GetAsync("/health/ready")).Content.ReadAsStringAsync() == "Degraded";
        });
        Assert.Equal(HttpStatusCode.OK, await AskAsync(laptop));
        var start = deaf.Clock.GetUtcNow();
        await phone.DeleteAsync("/api/sessions");
        await deaf.UntilAsync(async () =>
        {
            await EndBellsAsync(admin);
            return await AskAsync(laptop) == HttpStatusCode.Unauthorized;
        });
        Assert.True(deaf.Clock.GetUtcNow() - start < TimeSpan.FromSeconds(5));
    }

    private Task<IReadOnlyList<Change>> ReadAsync(PostgresChanges reader) => hearing.InDatabaseAsync(db => reader.ReadAsync(db, default));

    private static async Task RenameAsync(NpgsqlConnection connection, string stamp)
    {
        await using var command = new NpgsqlCommand("UPDATE \"AspNetUsers\" SET \"SecurityStamp\" = $1 WHERE \"Email\" = $2", connection);
        command.Parameters.AddWithValue(stamp);
        command.Parameters.AddWithValue(Ada);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task EndBellsAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()", connection);
        command.Parameters.AddWithValue(PostgresBell.ApplicationName);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<HttpStatusCode> AskAsync(Visitor visitor)
    {
        using var answer = await visitor.GetAsync("/api/session");
        return answer.StatusCode;
    }
}
