using ConcurrentSessions.Web.Data;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ConcurrentSessions.Tests.Support;

/// <summary>
/// An empty, migrated database of a test's own: on SQLite, or on PostgreSQL when the lane says so (PORTAL_TEST_PROVIDER).
/// ./test.sh runs the integration lane once on each, and starts the server that PORTAL_TEST_POSTGRES names.
/// </summary>
public sealed class ThrowAwayDatabase : IDisposable
{
    private static readonly Lazy<string> Template = new(MakeTemplate);

    private readonly string folder = Directory.CreateTempSubdirectory("portal-database-").FullName;
    private readonly string name = $"portal_{Guid.NewGuid():N}";

    private ThrowAwayDatabase(string provider)
    {
        Provider = provider;
        ConnectionString = IsPostgres ? OnServer(name) : $"Data Source={Path.Combine(folder, "portal.db")}";
        if (IsPostgres)
        {
            Execute(OnServer("postgres"), $"CREATE DATABASE {name} TEMPLATE {Template.Value}");
        }
    }

    public static string LaneProvider => Environment.GetEnvironmentVariable("PORTAL_TEST_PROVIDER") is { Length: > 0 } lane ? lane : "Sqlite";

    public string Provider { get; }

    public string ConnectionString { get; }

    public bool IsPostgres => Provider == "Postgres";

    /// <summary>For the database file and what lies beside it.</summary>
    public string Folder => folder;

    public string File => Path.Combine(folder, "portal.db");

    public static ThrowAwayDatabase New(string? provider = null) => new(provider ?? LaneProvider);

    public void Dispose()
    {
        if (IsPostgres)
        {
            Execute(OnServer("postgres"), $"DROP DATABASE {name} WITH (FORCE)");
        }

        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static string OnServer(string database)
    {
        var server = Environment.GetEnvironmentVariable("PORTAL_TEST_POSTGRES")
            ?? throw new InvalidOperationException("PORTAL_TEST_POSTGRES is not set: run ./test.sh, which starts the server it names.");
        return new NpgsqlConnectionStringBuilder(server) { Database = database }.ToString();
    }

    // Migrated once; each test's database is a copy of it.
    private static string MakeTemplate()
    {
        var name = $"portal_template_{Environment.ProcessId}";
        Execute(OnServer("postgres"), $"CREATE DATABASE {name}");
        var connection = new NpgsqlConnectionStringBuilder(OnServer(name)) { Pooling = false }.ToString();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("Database:Provider", "Postgres"), new("ConnectionStrings:Portal", connection)]).Build();
        using var services = new ServiceCollection().AddLogging().AddPortalDatabase(configuration).BuildServiceProvider();
        services.MigratePortalDatabaseAsync().GetAwaiter().GetResult();
        return name;
    }

    private static void Execute(string server, string sql)
    {
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ToString());
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
