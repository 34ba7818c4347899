using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Mail;

/// <summary>
/// Empties the outbox. Every node runs one; a lease keeps two from sending the same mail. A mail that is turned down waits
/// longer each time and never holds up the others; while no mail at all can be sent, one at a time is tried.
/// </summary>
public sealed class OutboxSender(
    IDbContextFactory<PortalDbContext> databases, IMailer mailer, OutboxBell bell, Digests digests, OutboxMetrics metrics,
    TimeProvider clock, ILogger<OutboxSender> logger)
    : BackgroundService
{
    private const int BatchSize = 50;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan PurgeInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestAttempt = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LongestOutagePause = TimeSpan.FromMinutes(1);

    private readonly BackOff outages = new(LongestOutagePause);
    private DateTimeOffset unavailableUntil;
    private int failuresInARow;
    private long? purgedAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, clock);
        var tick = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        var ring = bell.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await DeliverDueAsync(stoppingToken);
                await PurgeDueAsync(stoppingToken);
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(error, "The outbox could not be worked; the next tick tries again.");
            }

            await Task.WhenAny(tick, ring);
            tick = tick.IsCompleted ? timer.WaitForNextTickAsync(stoppingToken).AsTask() : tick;
            ring = ring.IsCompleted ? bell.WaitAsync(stoppingToken) : ring;
        }
    }

    /// <summary>Removes mails that were sent or given up more than 30 days ago: each row holds an address.</summary>
    /// <returns>How many were removed.</returns>
    public async Task<int> PurgeAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Kept;
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Outbox.Where(m => m.SentAt < before || m.FailedAt < before).ExecuteDeleteAsync(ct);
    }

    private async Task PurgeDueAsync(CancellationToken ct)
    {
        if (purgedAt is not { } last || clock.GetElapsedTime(last) >= PurgeInterval)
        {
            purgedAt = clock.GetTimestamp();
            await PurgeAsync(ct);
        }
    }

    /// <summary>Writes the digests that are due and attempts every mail that is due, once each.</summary>
    /// <returns>How many were sent.</returns>
    public async Task<int> DeliverDueAsync(CancellationToken ct)
    {
        await digests.WriteDueAsync(ct);
        var sent = 0;
        var start = clock.GetUtcNow();
        while (clock.GetUtcNow() >= unavailableUntil && await NextBatchAsync(start, ct) is { Count: > 0 } batch)
        {
            foreach (var id in batch)
            {
                var result = await DeliverAsync(id, ct);
                sent += result is DeliveryResult.Sent ? 1 : 0;
                if (result is DeliveryResult.Unavailable)
                {
                    return sent;
                }
            }
        }

        return sent;
    }

    private async Task<List<Guid>> NextBatchAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.Outbox.DueAt(now).OrderBy(m => m.NextAttemptAt).Select(m => m.Id).Take(BatchSize).ToListAsync(ct);
    }

    /// <returns>Null when another node has it.</returns>
    private async Task<DeliveryResult?> DeliverAsync(Guid id, CancellationToken ct)
    {
        using var span = PortalTelemetry.StartSpan("deliver mail");
        await using var db = await databases.CreateDbContextAsync(ct);
        if (await ClaimAsync(db, id, ct) is not { } message)
        {
            return null;
        }

        var delivery = message.ExpiresAt <= clock.GetUtcNow()
            ? Delivery.Refused("expired before it could be delivered")
            : await AttemptAsync(message);
        await RecordAsync(db, message, delivery);
        span?.SetTag("portal.mail.kind", message.Kind).SetTag("portal.result", delivery.Result.TagValue());
        return delivery.Result;
    }

    private async Task<OutboxMessage?> ClaimAsync(PortalDbContext db, Guid id, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        DateTimeOffset? until = now + Lease;
        var claimed = await db.Outbox.DueAt(now).Where(m => m.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(m => m.LeaseUntil, until), ct);
        return claimed == 1 ? await db.Outbox.SingleAsync(m => m.Id == id, ct) : null;
    }

    // Not cancelled by a shutdown either: a mail cut off after its last byte may have gone out.
    private async Task<Delivery> AttemptAsync(OutboxMessage message)
    {
        using var patience = new CancellationTokenSource(LongestAttempt, clock);
        try
        {
            return await mailer.SendAsync(message, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return Delivery.Unavailable("the mail server did not answer in time");
        }
        catch (Exception error)
        {
            logger.LogError(error, "Mail {OutboxId} could not be written.", message.Id);
            return Delivery.Postponed(error.GetType().Name);
        }
    }

    // Not cancelled by a shutdown: a mail that went out must not go out again because the portal was stopping.
    private async Task RecordAsync(PortalDbContext db, OutboxMessage message, Delivery delivery)
    {
        var now = clock.GetUtcNow();
        NoteAvailability(delivery, now);
        if (OutboxRules.Apply(message, delivery, now) is { } audit)
        {
            db.AuditEvents.Add(audit);
        }

        if (message.FailedAt is not null)
        {
            logger.LogWarning("Mail {OutboxId} ({Kind}) was given up: {Reason}", message.Id, message.Kind, delivery.Reason);
        }

        try
        {
            await db.SaveChangesAsync(CancellationToken.None);
            metrics.Attempted(message, delivery.Result);
        }
        catch (DbUpdateConcurrencyException)
        {
            logger.LogWarning("Mail {OutboxId} took longer than its lease; another node has it now.", message.Id);
        }
    }

    private void NoteAvailability(Delivery delivery, DateTimeOffset now)
    {
        if (delivery.Result is not DeliveryResult.Unavailable)
        {
            failuresInARow = 0;
            return;
        }

        unavailableUntil = now + outages.After(++failuresInARow);
        logger.LogWarning("No mail can be sent: {Reason}. Next attempt at {NextAttempt:O}.", delivery.Reason, unavailableUntil);
    }
}
