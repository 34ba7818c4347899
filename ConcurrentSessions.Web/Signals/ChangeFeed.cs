using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Signals;

/// <summary>
/// Reads what changed, on this node or any other, and tells it here. It reads when the bell rings and at least every second,
/// so that a node without a bell hears late but hears; what it could not read for a while it reads afterwards, by number.
/// </summary>
internal sealed class ChangeFeed(
    IDbContextFactory<PortalDbContext> databases, IChangeReader reader, ChangeBell bell, ISessionSignal signal, NodeKnowledge knowledge,
    EpochGuard epoch, SessionMetrics metrics, TimeProvider clock, ILogger<ChangeFeed> logger) : BackgroundService
{
    private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(10);

    /// <summary>Who was deaf for longer may have missed what was purged meanwhile.</summary>
    private static readonly TimeSpan LongestDeafness = ChangePurge.Retention / 2;

    private bool failing;
    private long? epochAt;
    private long? heardAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(reader.Tick, clock);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var ring = bell.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await ReadAsync(stoppingToken);
            await Task.WhenAny(tick, ring);
            tick = tick.IsCompleted ? timer.WaitForNextTickAsync(stoppingToken).AsTask() : tick;
            ring = ring.IsCompleted ? bell.WaitAsync(stoppingToken) : ring;

            // Many sign-ins at once are read together: no more than a hundred readings a second.
            await Task.Delay(Breath, TimeProvider.System, stoppingToken);
        }
    }

    /// <summary>Changes from here on are told. The first reading; its failure is the caller's.</summary>
    public async Task StartHearingAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await ReadAsync(db, ct);
    }

    /// <summary>Tells everything that was committed before now.</summary>
    internal async Task ReadAsync(CancellationToken ct)
    {
        try
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            await ReadAsync(db, ct);
            failing = false;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            // What is in memory loses its worth by itself; the next tick tries again. Said once, not every second.
            logger.Log(failing ? LogLevel.Debug : LogLevel.Error, failure, "What has changed cannot be read");
            failing = true;
            epochAt = null; // when it is back, it may be another
        }
    }

    private async Task ReadAsync(PortalDbContext db, CancellationToken ct)
    {
        var asked = clock.GetTimestamp();
        if (epochAt is not { } looked || clock.GetElapsedTime(looked) >= reader.Tick)
        {
            await epoch.CheckAsync(db, ct);
            epochAt = asked;
        }

        var changes = await reader.ReadAsync(db, ct);
        if (heardAt is { } before && clock.GetElapsedTime(before) > LongestDeafness)
        {
            signal.Publish(new SessionChange(null, null, SessionChangeKind.UserChanged));
        }

        heardAt = asked;
        foreach (var change in changes)
        {
            signal.Publish(new SessionChange(change.UserId, change.SessionId, change.Kind) { At = change.At, ThroughChannel = true });
            metrics.SignalHeard(clock.GetUtcNow() - change.At);
        }

        knowledge.HeardEverythingUntil(asked);
    }
}
