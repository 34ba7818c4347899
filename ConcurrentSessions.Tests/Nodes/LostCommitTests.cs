using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ConcurrentSessions.Tests.Nodes;

/// <summary>A change on PostgreSQL is made once, whatever becomes of the connection it was made on.</summary>
[Trait("Check", "S36")]
public sealed class LostCommitTests : IAsyncLifetime
{
    private readonly ThrowAwayDatabase database = ThrowAwayDatabase.New("Postgres");
    private readonly PostgresWire wire;
    private readonly ServiceProvider services;
    private int attempts;

    public LostCommitTests()
    {
        wire = PostgresWire.To(database);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(database.Settings)
            .AddInMemoryCollection([new("ConnectionStrings:Portal", wire.ConnectionString)]).Build();
        services = new ServiceCollection().AddLogging().AddPortalDatabase(configuration).BuildServiceProvider();
    }

    private IDbContextFactory<PortalDbContext> Databases => services.GetRequiredService<IDbContextFactory<PortalDbContext>>();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await wire.DisposeAsync();
        database.Dispose();
    }

    [Theory]
    [InlineData("before the change")]
    [InlineData("before the commit")]
    public async Task A_connection_killed_before_the_commit_has_changed_nothing_and_the_change_is_made_again(string moment)
    {
        await ChangeAsync(async (db, now) =>
        {
            if (attempts == 1 && now == moment)
            {
                await KillAsync(db);
            }
        });
        Assert.Equal((2, 1), (attempts, await ChangesAsync()));
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_looked_up_and_not_repeated()
    {
        wire.LoseTheAnswerTo(PostgresWire.Commit);
        await ChangeAsync();
        Assert.Equal((1, 1), (attempts, await ChangesAsync()));
    }

    [Fact]
    public async Task A_commit_that_never_arrived_is_looked_up_and_repeated()
    {
        wire.Lose(PostgresWire.Commit);
        await ChangeAsync();
        Assert.Equal((2, 1), (attempts, await ChangesAsync()));
    }

    [Fact]
    public async Task A_commit_lost_with_its_server_is_looked_up_when_the_server_is_back()
    {
        wire.GoDownAt(PostgresWire.Commit, refusing: 3);
        await ChangeAsync();
        Assert.Equal((2, 1, 3), (attempts, await ChangesAsync(), wire.Refused));
    }

    [Fact]
    public async Task A_server_that_stays_away_is_a_failure_that_says_so_and_nothing_is_changed()
    {
        wire.GoDownAt("pg_advisory_xact_lock", refusing: 1000);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ChangeAsync());
        Assert.Equal((0, 0), (attempts, await ChangesAsync()));
        wire.Mend();
        await ChangeAsync();
        Assert.Equal(1, await ChangesAsync());
    }

    [Fact]
    public async Task Whether_a_commit_was_made_is_not_guessed_while_the_server_stays_away()
    {
        wire.GoDownAt(PostgresWire.Commit, refusing: 1000);
        await Assert.ThrowsAsync<CommitUnknownException>(() => ChangeAsync());
        Assert.Equal((1, 0), (attempts, await ChangesAsync()));
    }

    private Task<int> ChangeAsync(Func<PortalDbContext, string, Task>? at = null) => Databases.PersistAsync(async db =>
    {
        await using var turn = await db.TakeTurnAsync("ada", TestContext.Current.CancellationToken);
        attempts++;
        await (at?.Invoke(db, "before the change") ?? Task.CompletedTask);
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.DeviceRenamed, Actor.Portal, TimeProvider.System.GetUtcNow()));
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
        await (at?.Invoke(db, "before the commit") ?? Task.CompletedTask);
        await turn.CommitAsync();
        return attempts;
    }, TestContext.Current.CancellationToken);

    // Neither goes over the wire.
    private Task<int> ChangesAsync() => AskDirectlyAsync("SELECT count(*)::int FROM \"AuditEvents\"");

    private async Task KillAsync(PortalDbContext db)
    {
        var victim = ((NpgsqlConnection)db.Database.GetDbConnection()).ProcessID;
        await AskDirectlyAsync($"SELECT pg_terminate_backend({victim}, 5000)::int");
    }

    private async Task<int> AskDirectlyAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=False");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }
}
