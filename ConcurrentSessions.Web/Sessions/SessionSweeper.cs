using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// Ticks every ten seconds. Each node writes down the activity it saw; one of them, the holder of the lease, ends what is
/// over and every hour purges and shortens. It decides nothing.
/// </summary>
internal sealed class SessionSweeper(
    SessionHousekeeping housekeeping, AddressShortening addresses, SessionActivityWriter activity, ChangedUsers changed, Leases leases,
    IDbContextFactory<PortalDbContext> databases, IEnumerable<ISweep> sweeps, IEnumerable<IPurge> purges, TimeProvider clock, ILogger<SessionSweeper> logger)
    : BackgroundService
{
    private const string Maintenance = "maintenance";

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromHours(1);

    /// <summary>A node that dies leaves the work to the others after six ticks.</summary>
    private static readonly TimeSpan Lease = 6 * Tick;

    private long? purgedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await activity.WriteDueAsync(stoppingToken);
                if (await leases.HoldAsync(Maintenance, Lease, stoppingToken))
                {
                    await SweepAsync(stoppingToken);
                }
                else
                {
                    changed.ForgetAll();
                }
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                // The next tick tries again; until then expired sessions are refused by their rows all the same.
                logger.LogError(failure, "Sweeping sessions failed");
            }
        }
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        await housekeeping.EndExpiredAsync(ct);
        await (changed.Take() is { } users ? housekeeping.EndDisownedAsync(users, ct) : housekeeping.EndDisownedAsync(ct));
        foreach (var sweep in sweeps)
        {
            await sweep.SweepAsync(ct);
        }

        if (purgedAt is not { } before || clock.GetElapsedTime(before) >= PurgeInterval)
        {
            await housekeeping.PurgeAsync(ct);
            await PurgeRestAsync(ct);
            await addresses.ShortenAsync(ct);
            changed.ForgetAll(); // once an hour everybody is looked at, whatever was heard
            purgedAt = clock.GetTimestamp();
        }
    }

    private async Task PurgeRestAsync(CancellationToken ct)
    {
        foreach (var purge in purges)
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            while (await purge.PurgeSomeAsync(db, ct) > 0)
            {
                await Task.Yield();
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await activity.WriteAsync(cancellationToken);
            await leases.LeaveAsync(Maintenance, cancellationToken);
        }
        catch (Exception failure) when (failure is ObjectDisposedException or OperationCanceledException or System.Data.Common.DbException or DbUpdateException)
        {
            // The host or the database is gone already: as after a crash, sessions may end a little early.
            logger.LogWarning("The last activity could not be written: {Reason}", failure.Message);
        }
    }
}
