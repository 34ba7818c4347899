using Npgsql;

namespace ConcurrentSessions.Web.Signals;

/// <summary>
/// Holds the node's own connection on which PostgreSQL says, with LISTEN and NOTIFY, that something was committed. It needs a
/// connection of its own for good: not one of a pool in transaction mode.
/// </summary>
internal sealed class PostgresBell(string connectionString, ChangeBell bell, TimeProvider clock, ILogger<PostgresBell> logger) : BackgroundService
{
    /// <summary>How these connections are called in <c>pg_stat_activity</c>.</summary>
    public const string ApplicationName = "ConcurrentSessions signals";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string connectionString = new NpgsqlConnectionStringBuilder(connectionString)
    {
        ApplicationName = ApplicationName,
        Pooling = false,
        CommandTimeout = (int)Patience.TotalSeconds,
    }.ToString();

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        bell.Works = false;
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("Changes are not signalled ({Reason}); they are looked for every second until they are", failure.Message);
            }

            bell.Works = false;
            await Task.Delay(Pause, clock, stoppingToken);
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(ct);
        connection.Notification += (_, _) => bell.Ring();
        await RunAsync(connection, "LISTEN portal_changes", ct);
        bell.Works = true;
        bell.Ring(); // for what was missed
        while (true)
        {
            // A connection that a network swallowed says nothing either: asked every second whether it is there.
            await connection.WaitAsync(TimeSpan.FromSeconds(1), ct);
            await RunAsync(connection, "SELECT 1", ct);
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
