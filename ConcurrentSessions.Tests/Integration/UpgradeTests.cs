using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Each provider has migrations of its own; both lead to the one model, also from an older version.</summary>
public sealed class UpgradeTests
{
    private const string FirstSqliteMigration = "20261123093222_First";

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("Postgres")]
    public async Task The_migrations_of_each_provider_make_exactly_the_model(string provider)
    {
        using var database = ThrowAwayDatabase.New(provider);
        await using var services = ServicesOn(database);
        await services.MigratePortalDatabaseAsync(TestContext.Current.CancellationToken);
        await using var db = await OpenAsync(services);
        Assert.False(db.Database.HasPendingModelChanges());
        Assert.Empty(await db.Database.GetPendingMigrationsAsync(TestContext.Current.CancellationToken));
        Assert.NotEmpty(await db.Database.GetAppliedMigrationsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_Sqlite_database_of_the_first_version_is_brought_up_to_date_and_everybody_stays_signed_in()
    {
        using var database = ThrowAwayDatabase.New("Sqlite");
        await using var portal = PortalFactory.On(database);
        var (living, ended) = (SessionKey.New(), SessionKey.New());
        await MakeFirstVersionAsync(database, portal.Clock.GetUtcNow(), living, ended);

        using var laptop = portal.NewVisitor();
        using var phone = portal.NewVisitor();
        laptop.PlantCookie(BrowserCookies.Session, living.ToCookie());
        phone.PlantCookie(BrowserCookies.Session, ended.ToCookie());

        Assert.Equal((true, false), (await laptop.IsSignedInAsync(), await phone.IsSignedInAsync()));
        var session = Assert.Single(await portal.ActiveSessionsAsync("ada@portal.example"));
        Assert.Equal("Firefox on Linux", session.DeviceName);
        Assert.Empty(await portal.InDatabaseAsync(db => db.Database.GetPendingMigrationsAsync()));
        await laptop.SignOutAsync();
        Assert.False(await laptop.IsSignedInAsync());
    }

    // In the words of that version, which later ones must not change.
    private static async Task MakeFirstVersionAsync(ThrowAwayDatabase database, DateTimeOffset now, SessionKey living, SessionKey ended)
    {
        await using (var services = ServicesOn(database))
        {
            await using var db = await OpenAsync(services);
            await db.GetService<IMigrator>().MigrateAsync(FirstSqliteMigration);
        }

        await using var connection = new SqliteConnection(database.ConnectionString);
        await connection.OpenAsync();
        await ExecuteAsync(connection, """
            INSERT INTO AspNetUsers (Id, CreatedAt, Generation, UserName, NormalizedUserName, Email, NormalizedEmail, EmailConfirmed,
                SecurityStamp, PhoneNumberConfirmed, TwoFactorEnabled, LockoutEnabled, AccessFailedCount)
            VALUES ('ada', $now, 0, 'ada@portal.example', 'ADA@PORTAL.EXAMPLE', 'ada@portal.example', 'ADA@PORTAL.EXAMPLE', 1, 'stamp', 0, 0, 1, 0);
            INSERT INTO Devices (Id, UserId, KeyHash, FirstSeenAt) VALUES ('0199F000-0000-7000-8000-00000000000D', 'ada', $key, $now);
            """, now, living);
        const string session = """
            INSERT INTO Sessions (Id, KeyHash, UserId, DeviceId, SecurityStamp, Method, IpAddress, UserAgent, Remembered, StartedAt, LastSeenAt,
                ProvedAt, IdleTimeout, IdleExpiresAt, ExpiresAt, EndedAt, EndReason, Device_Browser, Device_System, Device_Type)
            VALUES ('{0}', $key, 'ada', '0199F000-0000-7000-8000-00000000000D', 'stamp', 'Password', '203.0.113.7', 'test', 0, $now, $now,
                $now, '00:30:00', $now + 18000000000, $now + 432000000000, {1}, 'Firefox', 'Linux', 'Desktop');
            """;
        await ExecuteAsync(connection, Filled(session, "0199F000-0000-7000-8000-000000000001", "NULL, NULL"), now, living);
        await ExecuteAsync(connection, Filled(session, "0199F000-0000-7000-8000-000000000002", "$now, 'SignedOut'"), now, ended);
    }

    private static string Filled(string sql, string id, string end) =>
        sql.Replace("{0}", id, StringComparison.Ordinal).Replace("{1}", end, StringComparison.Ordinal);

    private static async Task ExecuteAsync(SqliteConnection connection, string sql, DateTimeOffset now, SessionKey key)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$now", now.UtcTicks);
        command.Parameters.AddWithValue("$key", key.Hash());
        await command.ExecuteNonQueryAsync();
    }

    private static ServiceProvider ServicesOn(ThrowAwayDatabase database) => new ServiceCollection().AddLogging()
        .AddPortalDatabase(new ConfigurationBuilder().AddInMemoryCollection(database.Settings).Build()).BuildServiceProvider();

    private static Task<PortalDbContext> OpenAsync(IServiceProvider services) =>
        services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
}
