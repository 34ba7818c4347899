using ConcurrentSessions.Web.Sessions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ConcurrentSessions.Web.Signals;

/// <summary>Degraded, not unhealthy, while signals do not arrive: everything is right all the same, a second later.</summary>
internal sealed class SignalHealth(ChangeBell bell, NodeKnowledge knowledge) : IHealthCheck
{
    private static readonly TimeSpan Deaf = TimeSpan.FromSeconds(5);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(bell.Works && knowledge.Silence < Deaf ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded("changes are not signalled"));
}
