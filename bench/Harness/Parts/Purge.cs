using System.Diagnostics;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Reports;

namespace ConcurrentSessions.Bench.Parts;

/// <summary>Sign-ins while sessions that ended before the retention are purged, against the same sign-ins after that.</summary>
internal sealed class Purge(Workbench bench)
{
    private const string Database = "growth_purge";

    /// <summary>Longer than the retention of 90 days, whatever their age within it.</summary>
    private const int DaysOlder = 100;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(6);

    public async Task<PurgeFindings> MeasureAsync()
    {
        var old = bench.Arguments.Amount(1_000_000, 20_000);
        var users = old / 9;
        Say.Line($"{old} sessions that ended long ago are made");
        await SeededPortal.MakeAsync(bench, Database, old + users, users, DaysOlder);
        await using var node = await bench.StartPortalAsync(Database);
        var (during, took) = await WatchAsync(node, old, users);
        await bench.Postgres.ExecuteAsync(Database, "vacuum analyze");
        var left = await bench.Postgres.ReadAsync<long>(
            Database, """select count(*) from "Sessions" where "EndedAt" < now() - interval '90 days'""");
        Say.Line($"purged {old - left} of {old} in {took.TotalSeconds:0} s");
        var usual = await SignInsAsync(node, users, bench.Arguments.Amount(600, 50));
        return Report(old, left, took, during, usual);
    }

    /// <summary>Signs in from before the purge begins, which warms the node up, until it is over.</summary>
    private async Task<(List<double> During, TimeSpan Took)> WatchAsync(WebServer node, int old, int users)
    {
        var (watch, begun, during) = (Stopwatch.GetTimestamp(), 0L, new List<double>());
        for (long gone = 0; gone < old && Stopwatch.GetElapsedTime(watch) < Longest; gone = await PurgedAsync())
        {
            begun = gone > 0 && begun == 0 ? Stopwatch.GetTimestamp() : begun;
            var times = await SignInsAsync(node, users, 10);
            during.AddRange(gone > 0 ? times : []);
        }

        return (during, begun == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(begun));
    }

    private static async Task<List<double>> SignInsAsync(WebServer node, int users, int count)
    {
        var times = new List<double>();
        for (var i = 0; i < count; i++)
        {
            times.Add(await SeededPortal.SignInAsync(node.Address, users + 1 + (i % SeededPortal.Newcomers)));
        }

        return times;
    }

    /// <summary>What the database has counted, up to a second late: counting the rows ourselves would be a load of its own.</summary>
    private Task<long> PurgedAsync() => bench.Postgres.ReadAsync<long>(
        Database, "select n_tup_del from pg_stat_user_tables where relname = 'Sessions'");

    private static PurgeFindings Report(int old, long left, TimeSpan took, List<double> during, List<double> usual)
    {
        var ratio = during.Percentile(99) / usual.Percentile(99);
        string[] Row(string name, List<double> t) => t.Count == 0
            ? [name, "0", "–", "–", "–"]
            : [name, $"{t.Count}", $"{t.Median():0.0}", $"{t.Percentile(99):0.0}", $"{t.Max():0.0}"];
        return new(
            new($"Sign-ins while {old:#,0} ended sessions are purged, one at a time", ["", "sign-ins", "p50 ms", "p99 ms", "max ms"],
                [Row("during the purge", during), Row("usual", usual)],
                $"The purge begins ten seconds after the node's start; {old - left:#,0} were purged within {took.TotalSeconds:0} s{(left > 0 ? $"; {left:#,0} were left when the harness stopped watching" : "")}."),
            new("sign-in p99 during the purge of a million sessions, against the usual", "at most 2.00", $"{ratio:0.00}", ratio <= 2 && left == 0),
            new Dictionary<string, IReadOnlyList<double>> { ["purge: sign-ins during, ms"] = during, ["purge: sign-ins usual, ms"] = usual });
    }
}

internal sealed record PurgeFindings(Table Table, Goal Goal, IReadOnlyDictionary<string, IReadOnlyList<double>> Series);
