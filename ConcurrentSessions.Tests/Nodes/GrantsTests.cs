using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace ConcurrentSessions.Tests.Nodes;

/// <summary>The portal on PostgreSQL with a role that does not own its tables: deploy/grants.sql.</summary>
[Trait("Check", "S27")]
public sealed class GrantsTests : IAsyncLifetime
{
    private readonly ThrowAwayDatabase database = ThrowAwayDatabase.New("Postgres");
    private readonly string role = $"portal_role_{Guid.NewGuid():N}";
    private PortalFactory portal = null!;

    public async ValueTask InitializeAsync()
    {
        var grants = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "grants.sql"));
        await AsOwnerAsync($"CREATE ROLE {role} LOGIN NOSUPERUSER PASSWORD 'x'; {grants.Replace(" portal;", $" {role};", StringComparison.Ordinal)}");
        portal = PortalFactory.On(database).With("ConnectionStrings:Portal", AsPortal).With("Audit:RetentionDays", "365").With("Privacy:IpAddressDays", "1");
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        await AsOwnerAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        database.Dispose();
    }

    private string AsPortal => new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "x" }.ToString();

    [Fact]
    public async Task The_portal_does_its_work_and_its_ledger_is_verified()
    {
        await portal.AddUserAsync("ada@portal.example");
        using var visitor = portal.NewVisitor();
        await visitor.SignInAsync("ada@portal.example");
        Assert.True(await visitor.IsSignedInAsync());
        await visitor.SubmitAsync("/Account/Manage/DeletePersonalData", "delete-user", ("Input.Understood", "True"));
        portal.Clock.Advance(TimeSpan.FromHours(25));
        await portal.Services.GetRequiredService<Web.Sessions.AddressShortening>().ShortenAsync(default);
        await portal.InDatabaseAsync(db => portal.Services.GetServices<IPurge>().OfType<AuditRetention>().Single().PurgeSomeAsync(db, default));
        var report = await portal.Services.GetRequiredService<LedgerCheck>().RunAsync(null, default);
        Assert.Null(report.Problem);
        Assert.DoesNotContain(await portal.AuditAsync(), e => e.OriginSalt is not null);
    }

    [Theory]
    [InlineData("UPDATE \"AuditEvents\" SET \"Name\" = 'nothing'")]
    [InlineData("DELETE FROM \"AuditEvents\"")]
    [InlineData("TRUNCATE \"AuditEvents\"")]
    [InlineData("UPDATE \"AuditChain\" SET \"Hash\" = ''")]
    [InlineData("INSERT INTO \"AuditChain\" VALUES (1000, 1000, '')")]
    [InlineData("DELETE FROM \"AuditChain\"")]
    [InlineData("UPDATE \"AuditCheckpoints\" SET \"Number\" = 0")]
    [InlineData("DELETE FROM \"AuditCheckpoints\"")]
    [InlineData("ALTER TABLE \"AuditEvents\" DISABLE TRIGGER ALL")]
    [InlineData("DROP TRIGGER portal_audit_chain ON \"AuditEvents\"")]
    [InlineData("SET session_replication_role = replica")]
    [InlineData("CREATE OR REPLACE FUNCTION portal_audit_chain() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'")]
    public async Task Its_role_can_neither_edit_the_ledger_nor_switch_its_triggers_off(string sql)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(AsPortal, sql));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private Task AsOwnerAsync(string sql) => ExecuteAsync(database.ConnectionString, sql);

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
