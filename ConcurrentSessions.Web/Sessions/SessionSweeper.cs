namespace ConcurrentSessions.Web.Sessions;

/// <summary>Ticks: every ten seconds ends what is over, every hour purges. It decides nothing.</summary>
internal sealed class SessionSweeper(SessionHousekeeping housekeeping, SessionActivity activity, TimeProvider clock, ILogger<SessionSweeper> logger)
    : BackgroundService
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, clock);
        var purgeAt = clock.GetUtcNow();
        var writeAt = purgeAt + SessionActivity.WriteInterval;
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (clock.GetUtcNow() >= writeAt)
                {
                    writeAt = clock.GetUtcNow() + SessionActivity.WriteInterval;
                    await activity.WriteAsync(stoppingToken);
                }

                await housekeeping.EndExpiredAsync(stoppingToken);
                await housekeeping.EndDisownedAsync(stoppingToken);
                if (clock.GetUtcNow() >= purgeAt)
                {
                    await housekeeping.PurgeAsync(stoppingToken);
                    purgeAt += PurgeInterval;
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The next tick tries again; until then expired sessions are refused by their rows all the same.
                logger.LogError(failure, "Sweeping sessions failed");
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await activity.WriteAsync(cancellationToken);
        }
        catch (ObjectDisposedException)
        {
            // The host was torn down around us: as after a crash, sessions may end a minute early.
        }
    }
}
