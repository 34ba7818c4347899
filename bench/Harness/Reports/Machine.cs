using System.Runtime.InteropServices;
using ConcurrentSessions.Bench.Machines;

namespace ConcurrentSessions.Bench.Reports;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    public static async Task<string> DescribeAsync(Workbench bench)
    {
        var cpu = (await File.ReadAllLinesAsync("/proc/cpuinfo")).First(l => l.StartsWith("model name", StringComparison.Ordinal)).Split(": ")[1];
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30);
        var system = (await File.ReadAllLinesAsync("/etc/os-release")).First(l => l.StartsWith("PRETTY_NAME", StringComparison.Ordinal)).Split('"')[1];
        var postgres = await bench.Postgres.ReadAsync<string>("postgres", "select split_part(version(), ' ', 2)");
        var node = (await ChildProcess.RunAsync("node", ["--version"])).Trim().TrimStart('v');
        var commit = (await ChildProcess.RunAsync("git", ["rev-parse", "--short", "HEAD"], bench.Arguments.BenchFolder)).Trim();
        return $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, commit {commit}; {cpu}, {Environment.ProcessorCount} cores for everything "
            + $"(database, contenders and load), {memory:0} GiB; {system}, {RuntimeInformation.FrameworkDescription}, "
            + $"PostgreSQL {postgres} (fsync on), Node.js {node}, wrk";
    }
}
