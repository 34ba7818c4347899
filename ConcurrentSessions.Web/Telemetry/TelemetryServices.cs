using System.Diagnostics;
using Microsoft.Extensions.Options;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ConcurrentSessions.Web.Telemetry;

public static class TelemetryServices
{
    // OpenTelemetry's own names: from the environment, or any other source of settings.
    private static readonly string[] Endpoints =
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    // The framework's and the database's own meters. Not Blazor's Lifecycle: it times every component at every change.
    private static readonly string[] Meters =
    [
        PortalTelemetry.Name, "System.Runtime", "Microsoft.EntityFrameworkCore", "Npgsql",
        "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Http.Connections", "Microsoft.AspNetCore.Diagnostics",
        "Microsoft.AspNetCore.Authentication", "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Components.Server.Circuits",
    ];

    private static readonly string[] Sources = [PortalTelemetry.Name, "Npgsql"];

    // A circuit's socket lives for hours, a probe comes every few seconds: neither is a request worth a span.
    private static readonly string[] NotTraced = ["/_blazor", "/health"];

    /// <summary>Logs that keep secrets, figures that are taken, and OpenTelemetry where an OTLP endpoint is set; nothing of it otherwise.</summary>
    public static IServiceCollection AddPortalTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddMetrics();
        services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>, DiscreetLogs>();
        services.AddHostedService<MeasurementWorker>();
        return Endpoints.Any(key => !string.IsNullOrWhiteSpace(configuration[key])) ? services.AddExport() : services;
    }

    private static IServiceCollection AddExport(this IServiceCollection services)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource
                .AddService(PortalTelemetry.Name, serviceVersion: Version, serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}")
                .AddEnvironmentVariableDetector()) // last, so that an operator's own names win
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddOtlpExporter())
            .WithTracing(traces => traces.AddSource(Sources).AddAspNetCoreInstrumentation(o =>
            {
                o.Filter = context => !NotTraced.Any(path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));
                o.EnrichWithHttpResponse = (span, response) => NameByRoute(span, response.HttpContext.GetEndpoint());
            }).AddOtlpExporter());
        return services;
    }

    private static string? Version => typeof(TelemetryServices).Assembly.GetName().Version?.ToString(3);

    // Paths name users and passkeys or hold what a stranger typed, queries hold one-time codes: the route says enough.
    private static void NameByRoute(Activity span, Endpoint? endpoint) =>
        span.SetTag("url.path", (endpoint as RouteEndpoint)?.RoutePattern.RawText).SetTag("url.query", null);
}
