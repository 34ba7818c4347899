namespace ConcurrentSessions.Web.Telemetry;

/// <summary>Ticks: every fifteen seconds takes the measurements that are wanted.</summary>
internal sealed class MeasurementWorker(IEnumerable<IMeasurement> measurements, TimeProvider clock, ILogger<MeasurementWorker> logger) : BackgroundService
{
    public static readonly TimeSpan Tick = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Tick, clock);
        do
        {
            foreach (var measurement in measurements.Where(m => m.IsWanted))
            {
                await TakeAsync(measurement, stoppingToken);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task TakeAsync(IMeasurement measurement, CancellationToken ct)
    {
        try
        {
            await measurement.TakeAsync(ct);
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            measurement.Forget();
            logger.LogWarning(failure, "{Measurement} could not be taken", measurement.GetType().Name);
        }
    }
}
