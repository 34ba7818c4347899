using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ConcurrentSessions.Web.Hosting;

/// <summary>
/// Whether a balancer should send people here. The answer comes within three seconds also when a check hangs, and is no
/// from the moment the portal is told to stop.
/// </summary>
internal sealed class Readiness(HealthCheckService checks, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Lock looking = new();
    private Task<HealthStatus> look = Task.FromResult(HealthStatus.Unhealthy);

    public async Task<HealthStatus> AskAsync()
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return HealthStatus.Unhealthy;
        }

        try
        {
            return await Look().WaitAsync(Patience, clock, lifetime.ApplicationStopping);
        }
        catch (Exception failure) when (failure is TimeoutException or OperationCanceledException)
        {
            return HealthStatus.Unhealthy;
        }
    }

    // Whoever asks while one look is under way waits for it: a database that hangs is not asked ever more often.
    private Task<HealthStatus> Look()
    {
        lock (looking)
        {
            return look = look.IsCompleted ? Task.Run(LookAsync) : look;
        }
    }

    private async Task<HealthStatus> LookAsync()
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        return (await checks.CheckHealthAsync(patience.Token)).Status;
    }
}
