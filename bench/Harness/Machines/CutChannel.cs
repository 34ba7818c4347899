using Npgsql;

namespace ConcurrentSessions.Bench.Machines;

/// <summary>The connections by which nodes tell each other what changed. While this lives they are cut again and again.</summary>
internal sealed class CutChannel : IAsyncDisposable
{
    private const string Cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name like 'ConcurrentSessions signals%'";
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource over = new();
    private readonly Task cutting;

    private CutChannel(PostgresServer postgres, string database) => cutting = CutAsync(postgres, database);

    /// <summary>How many connections it ended; none means that there is no channel by that name.</summary>
    public long Ended { get; private set; }

    public static CutChannel Of(PostgresServer postgres, string database) => new(postgres, database);

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await cutting;
        over.Dispose();
    }

    private async Task CutAsync(PostgresServer postgres, string database)
    {
        await using var connection = await postgres.OpenAsync(database);
        await using var cut = new NpgsqlCommand(Cut, connection);
        while (!over.IsCancellationRequested)
        {
            Ended += (long)(await cut.ExecuteScalarAsync(CancellationToken.None))!;
            await Pause.ForAsync(Interval);
        }
    }
}
