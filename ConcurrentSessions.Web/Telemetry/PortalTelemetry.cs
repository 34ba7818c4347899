using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace ConcurrentSessions.Web.Telemetry;

/// <summary>The portal's own meter and its own spans, listed in docs/observability.md. No tag names a person, an address or a key.</summary>
public static class PortalTelemetry
{
    /// <summary>Of the service, the meter and the source of spans.</summary>
    public const string Name = "ConcurrentSessions";

    private static readonly ActivitySource Spans = new(Name);

    /// <returns>Null when nobody listens.</returns>
    public static Activity? StartSpan(string name) => Spans.StartActivity(name);

    public static Meter CreatePortalMeter(this IMeterFactory meters) => meters.Create(Name);

    /// <summary>A histogram of seconds, from a tenth of a millisecond to a minute.</summary>
    public static Histogram<double> CreateDuration(this Meter meter, string name, string description) =>
        meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        });

    /// <summary>The word as OpenTelemetry writes values: <c>IdleTimeout</c> is <c>idle_timeout</c>.</summary>
    public static string TagValue<T>(this T word) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(word.ToString());
}
