using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace ConcurrentSessions.Tests.Support;

/// <summary>A collector of OTLP over HTTP: keeps what portals export, byte by byte.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication server;
    private readonly ConcurrentQueue<(string Path, string Body)> received = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        server = builder.Build();
        server.MapPost("/v1/{signal}", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body, Encoding.Latin1);
            received.Enqueue((context.Request.Path, await reader.ReadToEndAsync()));
        });
    }

    public string Endpoint => server.Urls.First();

    public static async Task<OtlpReceiver> StartedAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver.server.StartAsync();
        return receiver;
    }

    /// <summary>Set before the portal starts.</summary>
    public T Collect<T>(T portal) where T : PortalFactory
    {
        portal.With("OTEL_EXPORTER_OTLP_ENDPOINT", Endpoint).With("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        return portal;
    }

    /// <summary>All that was exported under this path, once the portal has sent what it has. Names and values are readable in protobuf.</summary>
    public string After(PortalFactory portal, string path)
    {
        portal.Services.GetRequiredService<TracerProvider>().ForceFlush();
        portal.Services.GetRequiredService<MeterProvider>().ForceFlush();
        return string.Concat(received.Where(r => r.Path == path).Select(r => r.Body));
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
