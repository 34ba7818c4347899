using System.Diagnostics;
using System.Net;
using ConcurrentSessions.Bench.Clients;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Reports;
using ConcurrentSessions.Bench.Seeds;

namespace ConcurrentSessions.Bench.Parts;

/// <summary>The same at a thousand, a hundred thousand and a million session rows: a node and a database each, in turns; and a great purge.</summary>
internal sealed class Growth : IPart
{
    private const int ManySessions = 100;

    /// <summary>As many as the smallest stage has live sessions: each stage is asked with the same number of cookies.</summary>
    private const int Cookies = 1000 / SessionRows.PerUser;

    private const string SignIn = "sign-in";
    private const string Own = "own sessions";
    private const string Hundred = "own, 100 of one user";
    private const string AdminPage = "administrator's first page";

    public string Name => "growth";

    public async Task<Findings> MeasureAsync(Workbench bench)
    {
        var stages = new List<Stage>();
        try
        {
            foreach (var rows in bench.Arguments.Quick ? [1000, 20_000] : new[] { 1000, 100_000, 1_000_000 })
            {
                stages.Add(await StageAsync(bench, rows));
            }

            for (var round = 1; round <= bench.Arguments.Rounds; round++)
            {
                foreach (var stage in stages)
                {
                    await RoundAsync(bench.Arguments, stage);
                    Say.Line($"round {round}: {stage.Rows} rows: {stage.Rates[^1]:0}/s, sign-in {stage.Times[SignIn].Median():0.0} ms, "
                        + $"own {stage.Times[Own].Median():0.0} ms, admin {stage.Times[AdminPage].Median():0.0} ms");
                }
            }
        }
        finally
        {
            foreach (var stage in stages)
            {
                await stage.Node.DisposeAsync();
            }
        }

        return Report(stages, await new Purge(bench).MeasureAsync());
    }

    private static async Task<Stage> StageAsync(Workbench bench, int rows)
    {
        var (database, users) = ($"growth_{rows}", rows / SessionRows.PerUser);
        Say.Line($"{rows} session rows are made");
        await SeededPortal.MakeAsync(bench, database, rows, users);
        await SessionRows.AddOfOneAsync(bench.Postgres, database, user: users, first: rows, ManySessions);
        var cookies = bench.NewFile(database);
        await File.WriteAllLinesAsync(cookies, Enumerable.Range(0, Cookies).Select(SessionRows.Cookie));
        var stage = new Stage(rows, users, await bench.StartPortalAsync(database), cookies, new Visitor());
        try
        {
            await bench.SpareAdministratorTheSecondFactorAsync(database);
            await WarmUpAsync(bench.Arguments, stage);
            return stage.Fresh();
        }
        catch
        {
            await stage.Node.DisposeAsync();
            throw;
        }
    }

    private static async Task WarmUpAsync(Arguments arguments, Stage stage)
    {
        if (!await stage.Admin.SignInAsync(stage.Node.Address, Workbench.AdminEmail, Workbench.Password))
        {
            throw new InvalidOperationException("The administrator could not sign in.");
        }

        await Wrk.RunAsync(arguments, stage.Node.Address, stage.CookieFile, arguments.Amount(5, 2));
        await RoundAsync(arguments, stage);
    }

    private static async Task RoundAsync(Arguments arguments, Stage stage)
    {
        var load = await Wrk.RunAsync(arguments, stage.Node.Address, stage.CookieFile, arguments.Amount(5, 2));
        stage.Rates.Add(load.Refused + load.Broken == 0 ? load.PerSecond : throw new InvalidOperationException($"{load.Refused} seeded sessions were refused."));
        var times = arguments.Amount(60, 10);
        var live = Visitor.With(SessionRows.Cookie(0));
        var hundred = Visitor.With(SessionRows.Cookie(stage.Rows));
        for (var i = 0; i < times; i++)
        {
            stage.Times[SignIn].Add(await SeededPortal.SignInAsync(stage.Node.Address, stage.Users + 1 + (i % SeededPortal.Newcomers)));
            stage.Times[Own].Add(await TimeAsync(live, stage.Node.Address, "/api/sessions"));
            stage.Times[Hundred].Add(await TimeAsync(hundred, stage.Node.Address, "/api/sessions"));
            stage.Times[AdminPage].Add(await TimeAsync(stage.Admin, stage.Node.Address, "/api/admin/sessions"));
        }
    }

    private static async Task<double> TimeAsync(Visitor visitor, Uri node, string path)
    {
        var start = Stopwatch.GetTimestamp();
        var status = await visitor.GetAsync(node, path);
        return status == HttpStatusCode.OK
            ? Stopwatch.GetElapsedTime(start).TotalMilliseconds
            : throw new InvalidOperationException($"{path} answered {(int)status}.");
    }

    private static Findings Report(List<Stage> stages, PurgeFindings purge)
    {
        string[] Row(Stage s) =>
        [
            $"{s.Rows:#,0}", $"{s.Rates.Median():0}", $"{s.Times[SignIn].Median():0.0}", $"{s.Times[SignIn].Percentile(99):0.0}",
            $"{s.Times[Own].Median():0.0}", $"{s.Times[Hundred].Median():0.0}", $"{s.Times[AdminPage].Median():0.0}",
        ];
        var table = new Table(
            "By the number of session rows",
            ["rows", "`GET /api/session` per second", "sign-in p50 ms", "sign-in p99 ms", "own sessions p50 ms", "own, 100 of one user, p50 ms", "administrator's first page p50 ms"],
            [.. stages.Select(Row)],
            $"One row in ten is live, nine ended within the retention. {Cookies} cookies take turns at each size. A sign-in is the page and the form, with a cheap hash, one at a time.");
        var (small, large) = (stages[0], stages[^1]);
        return new(
            [table, purge.Table],
            [
                Goal.AtLeast($"requests per second at {large.Rows:#,0} rows against {small.Rows:#,0}", 0.95, large.Rates.Median() / small.Rates.Median()),
                Goal.Below($"listing one's sessions at {large.Rows:#,0} rows, median", 20, large.Times[Own].Median(), "ms"),
                Goal.Below($"the administrator's first page at {large.Rows:#,0} rows, median", 20, large.Times[AdminPage].Median(), "ms"),
                purge.Goal,
            ],
            stages.SelectMany(s => s.Times.Select(t => KeyValuePair.Create($"{s.Rows} rows: {t.Key}, ms", (IReadOnlyList<double>)t.Value))
                .Append(new($"{s.Rows} rows: requests/s", s.Rates))).Concat(purge.Series).ToDictionary());
    }

    private sealed record Stage(int Rows, int Users, WebServer Node, string CookieFile, Visitor Admin)
    {
        public List<double> Rates { get; } = [];

        public Dictionary<string, List<double>> Times { get; } = new() { [SignIn] = [], [Own] = [], [Hundred] = [], [AdminPage] = [] };

        /// <summary>Forgets the round that warmed it up.</summary>
        public Stage Fresh() => new(Rows, Users, Node, CookieFile, Admin);
    }
}
