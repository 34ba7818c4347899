using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class TelemetryExportTests
{
    [Fact]
    public async Task Metrics_and_spans_go_where_the_endpoint_is_set_and_say_which_node_they_are_from()
    {
        await using var collector = await OtlpReceiver.StartedAsync();
        await using var portal = collector.Collect(new PortalFactory());
        await portal.AddUserAsync("ada@portal.example");
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync("ada@portal.example");
        await MeasureAsync(portal);

        var metrics = collector.After(portal, "/v1/metrics");
        string[] expected =
        [
            "portal.sign_ins", "portal.sessions.active", "portal.session.limit.decisions", "portal.outbox.depth",
            "http.server.request.duration", "dotnet.gc.collections",
        ];
        Assert.All(expected, name => Assert.Contains(name, metrics, StringComparison.Ordinal));
        Assert.Contains($"{Environment.MachineName}-{Environment.ProcessId}", metrics, StringComparison.Ordinal);

        var spans = collector.After(portal, "/v1/traces");
        Assert.Contains("open session", spans, StringComparison.Ordinal);
        Assert.Contains("/Account/Login", spans, StringComparison.Ordinal);
        Assert.Contains(PortalTelemetry.Name, spans, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_endpoint_nothing_is_collected_and_no_gauge_costs_a_query()
    {
        await using var portal = new PortalFactory();
        Assert.Null(portal.Services.GetService<MeterProvider>());
        Assert.Null(portal.Services.GetService<TracerProvider>());
        Assert.All(portal.Services.GetServices<IMeasurement>(), m => Assert.False(m.IsWanted));
    }

    [Fact]
    public async Task Neither_probes_nor_the_sockets_of_open_pages_are_traced()
    {
        await using var collector = await OtlpReceiver.StartedAsync();
        await using var portal = collector.Collect(new PortalFactory());
        using var probe = portal.NewVisitor();
        await probe.GetAsync("/health/live");
        await probe.GetAsync("/_blazor/initializers");
        await probe.GetAsync("/Account/Login");
        var spans = collector.After(portal, "/v1/traces");
        Assert.Contains("/Account/Login", spans, StringComparison.Ordinal);
        Assert.DoesNotContain("/health/live", spans, StringComparison.Ordinal);
        Assert.DoesNotContain("_blazor", spans, StringComparison.Ordinal);
    }

    private static async Task MeasureAsync(PortalFactory portal)
    {
        foreach (var measurement in portal.Services.GetServices<IMeasurement>())
        {
            Assert.True(measurement.IsWanted);
            await measurement.TakeAsync(default);
        }
    }
}
