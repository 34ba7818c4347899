using System.Diagnostics.Metrics;
using ConcurrentSessions.Web.Telemetry;

namespace ConcurrentSessions.Web.Mail;

/// <summary>What is counted about mails (docs/observability.md).</summary>
public sealed class OutboxMetrics
{
    private readonly TimeProvider clock;
    private readonly Counter<long> attempts;
    private readonly ObservableGauge<long> depth;
    private readonly ObservableGauge<double> age;
    private Backlog? backlog;

    public OutboxMetrics(IMeterFactory meters, TimeProvider clock)
    {
        this.clock = clock;
        var meter = meters.CreatePortalMeter();
        attempts = meter.CreateCounter<long>("portal.mail.attempts", "{attempt}", "Attempts to deliver a mail, by what became of it.");
        depth = meter.CreateObservableGauge("portal.outbox.depth", Depth, "{mail}", "Mails promised and neither sent nor given up, on all nodes.");
        age = meter.CreateObservableGauge("portal.outbox.oldest.age", Age, "s", "How long the oldest of them has waited; 0 when there is none.");
    }

    public bool IsBacklogWanted => depth.Enabled || age.Enabled;

    /// <summary>An attempt was written down.</summary>
    public void Attempted(OutboxMessage message, DeliveryResult result) => attempts.Add(
        1, new KeyValuePair<string, object?>("portal.result", message.FailedAt is null ? result.TagValue() : "given_up"));

    /// <param name="oldest">When the oldest that waits was promised; null when none waits.</param>
    public void SetBacklog(long waiting, DateTimeOffset? oldest) => backlog = new(waiting, oldest);

    public void ForgetBacklog() => backlog = null;

    private IEnumerable<Measurement<long>> Depth() => backlog is { } known ? [new(known.Waiting)] : [];

    private IEnumerable<Measurement<double>> Age() => backlog is { } known
        ? [new(known.Oldest is { } oldest ? Math.Max(0, (clock.GetUtcNow() - oldest).TotalSeconds) : 0)]
        : [];

    private sealed record Backlog(long Waiting, DateTimeOffset? Oldest);
}
