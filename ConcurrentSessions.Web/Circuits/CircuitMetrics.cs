using System.Diagnostics.Metrics;
using ConcurrentSessions.Web.Telemetry;

namespace ConcurrentSessions.Web.Circuits;

/// <summary>What is counted about open pages (docs/observability.md).</summary>
internal sealed class CircuitMetrics(IMeterFactory meters)
{
    private readonly UpDownCounter<long> open =
        meters.CreatePortalMeter().CreateUpDownCounter<long>("portal.circuits.open", "{circuit}", "Circuits this node holds, also those whose browser is away for a moment.");

    public void Opened() => open.Add(1);

    public void Closed() => open.Add(-1);
}
