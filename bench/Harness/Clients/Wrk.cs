using System.Text.Json;
using ConcurrentSessions.Bench.Machines;

namespace ConcurrentSessions.Bench.Clients;

/// <summary>Load from wrk: one thread, 32 connections, a cookie file whose lines take turns.</summary>
internal static class Wrk
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    public static async Task<Load> RunAsync(Arguments arguments, Uri server, string cookieFile, int seconds, string path = "/api/session")
    {
        var output = await ChildProcess.RunAsync("wrk",
        [
            "-t1", "-c32", $"-d{seconds}s", "--timeout", "5s", "-s", Path.Combine(arguments.BenchFolder, "wrk", "rotate.lua"),
            new Uri(server, path).ToString(), "--", cookieFile,
        ]);
        var line = output.Split('\n').Single(l => l.StartsWith("RESULT ", StringComparison.Ordinal));
        return JsonSerializer.Deserialize<Load>(line["RESULT ".Length..], Web)!;
    }
}

/// <summary>Times in milliseconds.</summary>
/// <param name="Refused">Answers of status 400 or above.</param>
/// <param name="Broken">Connections and time-outs that brought no answer.</param>
internal sealed record Load(long Requests, double Seconds, double P50, double P99, double Max, long Refused, long Broken)
{
    public double PerSecond => Requests / Seconds;
}
