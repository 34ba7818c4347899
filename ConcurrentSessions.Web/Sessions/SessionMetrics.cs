using System.Diagnostics.Metrics;
using ConcurrentSessions.Web.Telemetry;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>What is counted and timed about sessions (docs/observability.md). Called after the commit, never before.</summary>
public sealed class SessionMetrics
{
    private readonly TimeProvider clock;
    private readonly Counter<long> signIns;
    private readonly Counter<long> decisions;
    private readonly Counter<long> ended;
    private readonly Counter<long> lookUps;
    private readonly Histogram<double> revocations;
    private readonly Histogram<double> signals;
    private readonly ObservableGauge<long> active;
    private long? activeNow;

    public SessionMetrics(IMeterFactory meters, TimeProvider clock)
    {
        this.clock = clock;
        var meter = meters.CreatePortalMeter();
        signIns = meter.CreateCounter<long>("portal.sign_ins", "{sign_in}", "Attempts to sign in that came to an end, by outcome and method.");
        decisions = meter.CreateCounter<long>("portal.session.limit.decisions", "{decision}", "What the limit said to newcomers.");
        ended = meter.CreateCounter<long>("portal.sessions.ended", "{session}", "Sessions that ended, by reason.");
        lookUps = meter.CreateCounter<long>("portal.session.cache.lookups", "{lookup}", "Sessions looked for in memory, by whether they were there.");
        revocations = meter.CreateDuration("portal.session.revocation.duration", "From the end of a session until a node or a circuit was told.");
        signals = meter.CreateDuration("portal.signal.lag", "From a change until this node heard of it.");
        active = meter.CreateObservableGauge("portal.sessions.active", Active, "{session}", "Sessions that are signed in, on all nodes.");
    }

    public bool IsActiveWanted => active.Enabled;

    /// <summary>A sign-in came to an end in the registry, and with it the limit's decision.</summary>
    /// <param name="evicted">How many were ended to seat it.</param>
    public void SignIn(AuthenticationMethod method, SignInOutcome outcome, int evicted = 0)
    {
        var (result, decision) = outcome switch
        {
            SignInOutcome.Started => ("succeeded", evicted > 0 ? "evicted" : "seated"),
            SignInOutcome.Full => ("asked", "asked"),
            SignInOutcome.Waits => ("waits", "waits"),
            SignInOutcome.Refused => ("refused", "refused"),
            _ => ("overtaken", null),
        };
        CountSignIn(method, result);
        if (decision is not null)
        {
            decisions.Add(1, new KeyValuePair<string, object?>("portal.decision", decision));
        }
    }

    /// <summary>A factor was not the right one.</summary>
    public void SignInFailed(AuthenticationMethod method) => CountSignIn(method, "failed");

    /// <summary>Too many attempts: it was not looked at.</summary>
    public void SignInThrottled(AuthenticationMethod method) => CountSignIn(method, "throttled");

    /// <summary>The factors were right; the account is disabled, locked or not confirmed.</summary>
    public void SignInNotAllowed(AuthenticationMethod method) => CountSignIn(method, "not_allowed");

    public void Ended(IEnumerable<Session> sessions)
    {
        foreach (var session in sessions)
        {
            ended.Add(1, new KeyValuePair<string, object?>("portal.reason", session.EndReason?.TagValue()));
        }
    }

    /// <summary>A session was found in memory.</summary>
    public void Hit() => lookUps.Add(1, new KeyValuePair<string, object?>("portal.result", "hit"));

    /// <summary>A session had to be read from the table.</summary>
    public void Miss() => lookUps.Add(1, new KeyValuePair<string, object?>("portal.result", "miss"));

    /// <summary>This node has been told; it looks only at ended sessions.</summary>
    public void NodeHeard(SessionChange change) => Told("node", change);

    /// <summary>An open page has been told and sent away; it looks only at ended sessions.</summary>
    public void CircuitTold(SessionChange change) => Told("circuit", change);

    /// <summary>A change arrived through the channel between nodes.</summary>
    public void SignalHeard(TimeSpan lag) => signals.Record(Seconds(lag));

    /// <summary>How many are signed in now; null: not known.</summary>
    public void SetActive(long? count) => activeNow = count;

    private void CountSignIn(AuthenticationMethod method, string outcome) => signIns.Add(
        1, new("portal.outcome", outcome), new("portal.method", method.TagValue()));

    private void Told(string listener, SessionChange change)
    {
        if (change is { Kind: SessionChangeKind.Ended, At: { } at })
        {
            revocations.Record(
                Seconds(clock.GetUtcNow() - at),
                new("portal.listener", listener),
                new("portal.via", change.ThroughChannel ? "channel" : "call"));
        }
    }

    // Clocks of two nodes differ: no change is heard before it was made.
    private static double Seconds(TimeSpan lag) => Math.Max(0, lag.TotalSeconds);

    private IEnumerable<Measurement<long>> Active() => activeNow is { } count ? [new(count)] : [];
}
