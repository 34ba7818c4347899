using System.Diagnostics;
using System.Net;
using ConcurrentSessions.Bench.Machines;

namespace ConcurrentSessions.Bench.Stage;

/// <summary>One portal process, published in Release, on a port that it keeps over its restarts.</summary>
internal sealed class Node(string name, string workFolder, IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private readonly int port = FreePort.Next();
    private ChildProcess? process;
    private int starts;

    public Uri Address => new($"http://localhost:{port}");

    /// <summary>Set before a start; how wrong the portal's clock is stands in it, like "02:00:00".</summary>
    public string? ClockFile { get; init; }

    /// <returns>How long it took until it was ready.</returns>
    public async Task<TimeSpan> StartAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        var environment = Environment();
        if (ClockFile is { } file)
        {
            environment["ODD_CLOCK_FILE"] = file;
            environment["DOTNET_STARTUP_HOOKS"] = Path.Combine(workFolder, "clock", "OddClock.dll");
            environment["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = "OddClock";
        }

        process = ChildProcess.Start(
            Path.Combine(workFolder, "logs", $"{name}-{++starts}.log"), "dotnet", [Program], environment, Path.Combine(workFolder, "portal"));
        using var client = new Client();
        await process.WaitUntilAsync(async () => await client.GetAsync(this, "/health/ready") == HttpStatusCode.OK);
        return Stopwatch.GetElapsedTime(begun);
    }

    /// <summary>The administrator signs in with a password alone, as these scenes do.</summary>
    public Task SpareAdministratorTheSecondFactorAsync() => ChildProcess.RunAsync(
        "dotnet", [Program, "roles", "set-second-factor", "Admin", "optional"], Path.Combine(workFolder, "portal"), Environment());

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        await process!.KillAsync();
        await process.DisposeAsync();
        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }
    }

    private string Program => Path.Combine(workFolder, "portal", "ConcurrentSessions.Web.dll");

    public long MemoryInMegabytes()
    {
        using var seen = Process.GetProcessById(process!.Id);
        return seen.WorkingSet64 >> 20;
    }

    // What a scene asks for itself goes before what all of them share.
    private Dictionary<string, string> Environment() => Shared.Concat(settings).GroupBy(s => s.Key).ToDictionary(s => s.Key, s => s.Last().Value);

    private Dictionary<string, string> Shared => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Staging",
        ["ASPNETCORE_URLS"] = Address.ToString(),
        ["AllowedHosts"] = "localhost",
        ["Portal__PublicUrl"] = Address.ToString().TrimEnd('/'),
        ["Portal__KnownProxies__0"] = "127.0.0.1",
        ["Portal__PostsPerMinute"] = "1000000",
        ["Passwords__HashIterations"] = "1000",
        ["Bootstrap__AdminEmail"] = World.Admin,
        ["Bootstrap__AdminPassword"] = World.Password,
        ["Sessions__WhenFull"] = "EvictLeastRecent",
    };
}
