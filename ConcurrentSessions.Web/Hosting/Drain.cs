using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Hosting;

/// <summary>Told to stop, the portal goes on serving for a while, so that a balancer can notice that it is no longer ready.</summary>
internal sealed class Drain(IOptions<PortalOptions> options, IHostApplicationLifetime lifetime, TimeProvider clock) : IHostedLifecycleService
{
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.DrainTime > TimeSpan.Zero && !lifetime.ApplicationStopped.IsCancellationRequested)
        {
            await Task.Delay(options.Value.DrainTime, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
