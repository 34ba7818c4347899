using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Audit;

/// <summary>Has the end of the ledger signed at the start, every <see cref="AuditSettings.CheckpointEvery"/> while it grows, and at the stop.</summary>
internal sealed class CheckpointWriter(Ledger ledger, IOptions<AuditSettings> settings, TimeProvider clock, ILogger<CheckpointWriter> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (ledger.Key is null)
        {
            logger.LogWarning("Audit:SigningKey is not set: the audit ledger is chained but not signed, so whoever has the database could rewrite it");
            return;
        }

        using var timer = new PeriodicTimer(settings.Value.CheckpointEvery, clock);
        do
        {
            await TrySignAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TrySignAsync(cancellationToken);
    }

    private async Task TrySignAsync(CancellationToken ct)
    {
        try
        {
            await ledger.SignEndAsync(ct);
        }
        catch (Exception failure) when (failure is DbException or DbUpdateException or ObjectDisposedException or TimeoutException)
        {
            // The next one covers what this one would have.
            logger.LogWarning("The end of the audit ledger could not be signed: {Reason}", failure.Message);
        }
    }
}
