using System.Net;
using ConcurrentSessions.Bench.Clients;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Reports;
using ConcurrentSessions.Bench.Seeds;
using Npgsql;

namespace ConcurrentSessions.Bench.Parts;

/// <summary>Fifty sign-ins of one user at once, over three nodes, while the database is asked how many sessions there are.</summary>
internal sealed class Race : IPart
{
    private const string Database = "race";
    private const int Nodes = 3;
    private const int AtOnce = 50;
    private static readonly int[] Limits = [1, 2, 3];
    private static readonly TimeSpan Sampling = TimeSpan.FromMilliseconds(50);

    /// <summary>Within which every node knows of the last eviction.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    public string Name => "race";

    public async Task<Findings> MeasureAsync(Workbench bench)
    {
        await bench.Postgres.CreateDatabaseAsync(Database);
        var nodes = new List<WebServer>();
        try
        {
            for (var node = 0; node < Nodes; node++)
            {
                nodes.Add(await bench.StartPortalAsync(Database));
            }

            await bench.AddPortalTemplateAsync(Database);
            await People.CopyAsync(bench.Postgres, Database, Limits.Max() + 1);
            return Report(await RunAsync(bench, nodes));
        }
        finally
        {
            foreach (var node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    private static async Task<List<Tally>> RunAsync(Workbench bench, List<WebServer> nodes)
    {
        var rounds = bench.Arguments.Long ? 67 : bench.Arguments.Amount(20, 2);
        var tallies = new List<Tally>();
        foreach (var limit in Limits)
        {
            // The user's own limit; the user whose number it is.
            await bench.Postgres.ExecuteAsync(Database, $"""insert into "UserLimits" ("UserId", "Seats") values ({People.IdSql($"{limit}")}, {limit})""");
            var tally = new Tally(limit);
            for (var round = 0; round < rounds; round++)
            {
                await RaceAsync(bench.Postgres, nodes, tally);
            }

            Say.Line($"limit {limit}: {tally.SignIns} sign-ins, at most {tally.Most} sessions, {tally.Violations} violations, {tally.Unexpected} unexpected answers");
            tallies.Add(tally);
        }

        return tallies;
    }

    private static async Task RaceAsync(PostgresServer postgres, List<WebServer> nodes, Tally tally)
    {
        var visitors = await Crowd.EachAsync(AtOnce, async number =>
        {
            var visitor = new Visitor(Crowd.Address(number));
            var server = nodes[number % nodes.Count].Address;
            return (Visitor: visitor, Server: server, Token: await visitor.OpenSignInAsync(server));
        });
        using var over = new CancellationTokenSource();
        var sampling = SampleAsync(postgres, tally, over.Token);
        var signedIn = await Task.WhenAll(visitors.Select(v =>
            Task.Run(() => v.Visitor.SubmitAsync(v.Server, v.Token, People.Email(tally.Limit), Workbench.Password))));
        await over.CancelAsync();
        await sampling;
        tally.SignIns += AtOnce;
        tally.Unexpected += signedIn.Count(yes => !yes);
        await Pause.ForAsync(Settled);

        // Every node is asked about every cookie: as many must still open something as there are seats, and at each node the same.
        foreach (var node in nodes)
        {
            var answers = await Task.WhenAll(visitors.Select(v => v.Visitor.GetAsync(node.Address, "/api/session")));
            tally.Unexpected += answers.Count(a => a is not (HttpStatusCode.OK or HttpStatusCode.Unauthorized));
            tally.WrongAfterwards += answers.Count(a => a == HttpStatusCode.OK) == tally.Limit ? 0 : 1;
        }
    }

    private static async Task SampleAsync(PostgresServer postgres, Tally tally, CancellationToken over)
    {
        await using var connection = await postgres.OpenAsync(Database);
        await using var count = new NpgsqlCommand(
            $"""select count(*) from "Sessions" where "UserId" = {People.IdSql($"{tally.Limit}")} and "EndedAt" is null""", connection);
        using var timer = new PeriodicTimer(Sampling, TimeProvider.System);
        do
        {
            var now = (int)(long)(await count.ExecuteScalarAsync(CancellationToken.None))!;
            tally.Samples++;
            tally.Most = Math.Max(tally.Most, now);
            tally.Violations += now > tally.Limit ? 1 : 0;
        }
        while (!over.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None));
    }

    private static Findings Report(List<Tally> tallies)
    {
        var table = new Table(
            $"{AtOnce} sign-ins of one user at once, over {Nodes} nodes, again and again",
            ["limit", "sign-ins", "samples", "most sessions seen", "samples above the limit", "unexpected answers", "nodes that knew another number afterwards"],
            [.. tallies.Select(t => new[]
            {
                $"{t.Limit}", $"{t.SignIns:#,0}", $"{t.Samples:#,0}", $"{t.Most}", $"{t.Violations}", $"{t.Unexpected}", $"{t.WrongAfterwards}",
            })],
            $"The database is asked every {Sampling.TotalMilliseconds:0} ms and once more after the last answer. A second after each race every node is "
            + "asked about every cookie: exactly as many as there are seats must be answered.");
        var wrong = tallies.Sum(t => t.Violations + t.WrongAfterwards);
        return new(
            [table],
            [new($"limit exceeded, in {tallies.Sum(t => t.SignIns):#,0} sign-ins (`--long`: 10,050)", "0 times", $"{wrong} times", wrong == 0)],
            tallies.ToDictionary(t => $"limit {t.Limit}: most, violations, unexpected, wrong afterwards",
                t => (IReadOnlyList<double>)[t.Most, t.Violations, t.Unexpected, t.WrongAfterwards]));
    }

    private sealed class Tally(int limit)
    {
        public int Limit { get; } = limit;

        public int SignIns { get; set; }

        public int Samples { get; set; }

        public int Most { get; set; }

        public int Violations { get; set; }

        public int Unexpected { get; set; }

        public int WrongAfterwards { get; set; }
    }
}
