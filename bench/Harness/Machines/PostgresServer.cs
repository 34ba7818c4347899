using Npgsql;

namespace ConcurrentSessions.Bench.Machines;

/// <summary>A cluster of its own in a temporary folder, on loopback, with fsync on as in earnest.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Owner = "postgres";

    private readonly ChildProcess process;
    private readonly string folder;
    private readonly int port;

    private PostgresServer(ChildProcess process, string folder, int port) => (this.process, this.folder, this.port) = (process, folder, port);

    public static async Task<PostgresServer> StartAsync(string logFolder)
    {
        var folder = Directory.CreateTempSubdirectory("bench-postgres-").FullName;
        await ChildProcess.RunAsync("chmod", ["0777", folder]);
        var (data, port, programs) = (Path.Combine(folder, "data"), FreePort.Next(), Programs());
        await AsOwnerAsync(Path.Combine(programs, "initdb"), ["-D", data, "-U", Owner, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]);
        var (program, arguments) = AsOwner(Path.Combine(programs, "postgres"),
        [
            "-D", data, "-k", folder, "-h", "127.0.0.1", "-p", $"{port}", "-c", "max_connections=400", "-c", "shared_buffers=1GB",
            "-c", "max_wal_size=4GB", "-c", "autovacuum=on", "-c", "fsync=on", "-c", "synchronous_commit=on",
            "-c", "log_min_duration_statement=500",
        ]);
        var process = ChildProcess.Start(Path.Combine(logFolder, "postgres.log"), program, arguments, interrupt: true);
        var server = new PostgresServer(process, folder, port);
        await process.WaitUntilAsync(server.AnswersAsync);
        return server;
    }

    public string ConnectionString(string database) =>
        $"Host=127.0.0.1;Port={port};Database={database};Username={Owner};Password=unused";

    public string Url(string database) => $"postgres://{Owner}@127.0.0.1:{port}/{database}";

    public Task CreateDatabaseAsync(string name) => ExecuteAsync("postgres", $"create database \"{name}\"");

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ReadAsync<T>(string database, string sql)
    {
        await using var connection = await OpenAsync(database);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await process.DisposeAsync();
        await ChildProcess.RunAsync("rm", ["-rf", folder]);
    }

    private static string Programs() => Directory.GetDirectories("/usr/lib/postgresql").Order().Select(d => Path.Combine(d, "bin")).Last();

    /// <summary>PostgreSQL refuses to run as root. setpriv becomes the program, so that its id is the server's.</summary>
    private static (string Program, string[] Arguments) AsOwner(string program, string[] arguments) => Environment.IsPrivilegedProcess
        ? ("setpriv", [$"--reuid={Owner}", $"--regid={Owner}", "--init-groups", program, .. arguments])
        : (program, arguments);

    private static Task<string> AsOwnerAsync(string program, string[] arguments)
    {
        var (first, all) = AsOwner(program, arguments);
        return ChildProcess.RunAsync(first, all);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await ExecuteAsync("postgres", "select 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
