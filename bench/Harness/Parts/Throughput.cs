using ConcurrentSessions.Bench.Clients;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Reports;
using ConcurrentSessions.Bench.Seeds;

namespace ConcurrentSessions.Bench.Parts;

/// <summary>GET /api/session with the cookies of 1,000 signed-in users, contender after contender, round after round.</summary>
internal sealed class Throughput : IPart
{
    private const string Portal = "ConcurrentSessions, one node";
    private const string Default = "Identity's cookie, `AddDbContext`";
    private const string Pooled = "Identity's cookie, `AddDbContextPool`";
    private const string Anonymous = "no authentication (the limit)";
    private const string Express = "Express, express-session, connect-session-sequelize";

    public string Name => "throughput";

    public async Task<Findings> MeasureAsync(Workbench bench)
    {
        var users = bench.Arguments.Amount(1000, 100);
        await using var portal = await PortalAsync(bench, users);
        await using var byDefault = await IdentityAsync(bench, users);
        await using var pooled = await bench.StartIdentityAsync("pooled", "throughput_identity");
        await using var anonymous = await bench.StartIdentityAsync("anonymous", "throughput_identity");
        await bench.Postgres.CreateDatabaseAsync("throughput_express");
        await using var express = await bench.StartExpressAsync("throughput_express");

        Say.Line($"{users} users sign in at each");
        var identityCookies = await FileAsync(bench, "identity", await Crowd.SignInAsync(byDefault.Address, users));
        Contender[] contenders =
        [
            new(Portal, portal.Address, await FileAsync(bench, "portal", await Crowd.SignInAsync(portal.Address, users))),
            new(Default, byDefault.Address, identityCookies),
            new(Pooled, pooled.Address, identityCookies),
            new(Anonymous, anonymous.Address, await FileAsync(bench, "anonymous", [""])),
            new(Express, express.Address, await FileAsync(bench, "express", await Crowd.SignInAtExpressAsync(express.Address, users))),
        ];
        return Report(await RunAsync(bench.Arguments, contenders));
    }

    private static async Task<WebServer> PortalAsync(Workbench bench, int users)
    {
        await bench.Postgres.CreateDatabaseAsync("throughput_portal");
        var portal = await bench.StartPortalAsync("throughput_portal");
        await bench.AddPortalTemplateAsync("throughput_portal");
        await People.CopyAsync(bench.Postgres, "throughput_portal", users);
        return portal;
    }

    private static async Task<WebServer> IdentityAsync(Workbench bench, int users)
    {
        await bench.Postgres.CreateDatabaseAsync("throughput_identity");
        var identity = await bench.StartIdentityAsync("default", "throughput_identity");
        await People.CopyAsync(bench.Postgres, "throughput_identity", users);
        return identity;
    }

    private static async Task<string> FileAsync(Workbench bench, string name, IEnumerable<string> cookies)
    {
        var file = bench.NewFile($"cookies-{name}");
        await File.WriteAllLinesAsync(file, cookies);
        return file;
    }

    private static async Task<Dictionary<string, List<Load>>> RunAsync(Arguments arguments, Contender[] contenders)
    {
        foreach (var contender in contenders)
        {
            await Wrk.RunAsync(arguments, contender.Address, contender.CookieFile, arguments.Amount(8, 2));
        }

        var loads = contenders.ToDictionary(c => c.Name, _ => new List<Load>());
        for (var round = 1; round <= arguments.Rounds; round++)
        {
            foreach (var contender in contenders)
            {
                var load = await Wrk.RunAsync(arguments, contender.Address, contender.CookieFile, arguments.Amount(8, 2));
                loads[contender.Name].Add(load);
                Say.Line($"round {round}: {contender.Name}: {load.PerSecond:0}/s, p99 {load.P99:0.0} ms, {load.Refused + load.Broken} failed");
            }
        }

        return loads;
    }

    private static Findings Report(Dictionary<string, List<Load>> loads)
    {
        double Rate(string name) => loads[name].Select(l => l.PerSecond).Median();
        string[] Row(string name) =>
        [
            name, $"{Rate(name):0}", loads[name].Select(l => l.PerSecond).Range("0"), $"{loads[name].Select(l => l.P50).Median():0.00}",
            $"{loads[name].Select(l => l.P99).Median():0.00}", $"{Rate(Portal) / Rate(name):0.00}", $"{loads[name].Sum(l => l.Refused + l.Broken)}",
        ];
        var table = new Table(
            "`GET /api/session`, 32 connections",
            ["", "requests/s", "lowest–highest", "p50 ms", "p99 ms", "the portal is … times as fast", "failed"], [.. loads.Keys.Select(Row)]);
        return new(
            [table],
            [
                Goal.AtLeast("authenticated requests per second against Identity's cookie, `AddDbContext`", 2.0, Rate(Portal) / Rate(Default)),
                Goal.AtLeast("the same against Identity's cookie, `AddDbContextPool`", 1.2, Rate(Portal) / Rate(Pooled)),
            ],
            loads.ToDictionary(l => l.Key, l => (IReadOnlyList<double>)[.. l.Value.Select(v => v.PerSecond)]));
    }

    private sealed record Contender(string Name, Uri Address, string CookieFile);
}
