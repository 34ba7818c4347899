using System.Text;
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
    private static readonly Lazy<string> Key = new(() =>
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("portal-audit-key-").FullName, "key.pem");
        Web.Audit.SigningKey.MakeWhenMissing(file);
        return file;
    });

    private static readonly Lazy<string> Template = new(MakeTemplate);

    private readonly string folder = Directory.CreateTempSubdirectory("portal-database-").FullName;
    private readonly string name = $"portal_{Guid.NewGuid():N}";

    private ThrowAwayDatabase(string provider, bool migrated = true)
    {
        Provider = provider;
        ConnectionString = IsPostgres ? OnServer(name) : $"Data Source={Path.Combine(folder, "portal.db")}";
        if (IsPostgres && migrated)
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

    /// <summary>One for all: it is what is signed with it that matters.</summary>
    public static string SigningKey => Key.Value;

    public string CheckpointFile => Path.Combine(folder, "checkpoints.jsonl");

    /// <summary>As the portal's settings name it.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Database:Provider"] = Provider,
        ["ConnectionStrings:Portal"] = ConnectionString,
        ["Audit:SigningKey"] = SigningKey,
        ["Audit:CheckpointFile"] = CheckpointFile,
    };

    public static ThrowAwayDatabase New(string? provider = null) => new(provider ?? LaneProvider);

    /// <summary>A PostgreSQL database without a schema, as an operator makes it for the portal.</summary>
    public static ThrowAwayDatabase Empty()
    {
        var database = NotMadeYet("Postgres");
        Execute(OnServer("postgres"), $"CREATE DATABASE {database.name}");
        return database;
    }

    /// <summary>Only a name: whoever starts on it makes the database and its schema.</summary>
    public static ThrowAwayDatabase NotMadeYet(string? provider = null) => new(provider ?? LaneProvider, migrated: false);

    /// <summary>All that is kept, as text: what somebody finds who has got hold of a copy.</summary>
    public string ReadEverything()
    {
        var text = new StringBuilder();
        if (!IsPostgres)
        {
            foreach (var file in Directory.GetFiles(folder, "portal.db*"))
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                text.Append(reader.ReadToEnd());
            }

            return text.ToString();
        }

        using var connection = Open(ConnectionString);
        foreach (var table in Column(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        {
            using var rows = connection.BeginTextExport($"COPY \"{table}\" TO STDOUT");
            text.Append(rows.ReadToEnd());
        }

        return text.ToString();
    }

    public void Dispose()
    {
        if (IsPostgres)
        {
            Execute(OnServer("postgres"), $"DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        }

        SqliteConnection.ClearAllPools();
        DeleteFolder(attempts: 5);
    }

    // A portal that has just stopped may still be closing a file.
    private void DeleteFolder(int attempts)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException) when (attempts > 1)
        {
            SqliteConnection.ClearAllPools();
            DeleteFolder(attempts - 1);
        }
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
        var name = $"portal_template_{Guid.NewGuid():N}";
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
        using var connection = Open(server);
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static NpgsqlConnection Open(string server)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static List<string> Column(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }
}
