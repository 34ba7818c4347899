using ConcurrentSessions.Bench.Machines;
using Npgsql;

namespace ConcurrentSessions.Bench.Stage;

/// <summary>A PostgreSQL of its own on loopback, fsync on, that can be stopped in both ways and started again.</summary>
internal sealed class Server : IAsyncDisposable
{
    private const string Owner = "postgres";

    private readonly string folder;
    private readonly string logs;
    private readonly string programs = Directory.GetDirectories("/usr/lib/postgresql").Order().Select(d => Path.Combine(d, "bin")).Last();
    private ChildProcess? process;
    private int starts;

    private Server(string folder, string logs) => (this.folder, this.logs) = (folder, logs);

    public int Port { get; } = FreePort.Next();

    private string Data => Path.Combine(folder, "data");

    public static async Task<Server> StartedAsync(string workFolder)
    {
        var folder = Directory.CreateTempSubdirectory("faults-postgres-").FullName;
        await ChildProcess.RunAsync("chmod", ["0777", folder]);
        var server = new Server(folder, Directory.CreateDirectory(Path.Combine(workFolder, "logs")).FullName);
        await server.RunAsync("initdb", "-D", server.Data, "-U", Owner, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8");
        await server.StartAsync();
        return server;
    }

    public string ConnectionString(string database, int? port = null) =>
        $"Host=127.0.0.1;Port={port ?? Port};Database={database};Username={Owner};Password=unused";

    public async Task StartAsync()
    {
        var (program, arguments) = AsOwner(Path.Combine(programs, "postgres"),
            ["-D", Data, "-k", folder, "-h", "127.0.0.1", "-p", $"{Port}", "-c", "max_connections=300", "-c", "fsync=on", "-c", "synchronous_commit=on"]);
        process = ChildProcess.Start(Path.Combine(logs, $"faults-postgres-{++starts}.log"), program, arguments, interrupt: true);
        await process.WaitUntilAsync(AnswersAsync);
    }

    /// <param name="mode">fast or immediate.</param>
    public async Task StopAsync(string mode)
    {
        await RunAsync("pg_ctl", "-D", Data, "-m", mode, "-w", "stop");
        await process!.DisposeAsync();
        process = null;
    }

    public async Task<List<string>> ReadAsync(string database, string sql, params (string Name, object Value)[] values)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=False");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 }; // hundreds of thousands of rows are compared
        Array.ForEach(values, v => command.Parameters.AddWithValue(v.Name, v.Value));
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
        {
            found.Add($"{reader.GetValue(0)}");
        }

        return found;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }

        await ChildProcess.RunAsync("rm", ["-rf", folder]);
    }

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static (string Program, string[] Arguments) AsOwner(string program, string[] arguments) => Environment.IsPrivilegedProcess
        ? ("setpriv", [$"--reuid={Owner}", $"--regid={Owner}", "--init-groups", program, .. arguments])
        : (program, arguments);

    private Task<string> RunAsync(string program, params string[] arguments)
    {
        var (first, all) = AsOwner(Path.Combine(programs, program), arguments);
        return ChildProcess.RunAsync(first, all);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await ReadAsync("postgres", "SELECT 1")).Count == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
