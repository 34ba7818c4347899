using System.Diagnostics;
using System.Net;
using System.Text.Json;
using ConcurrentSessions.Bench.Clients;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Reports;
using ConcurrentSessions.Bench.Seeds;

namespace ConcurrentSessions.Bench.Parts;

/// <summary>From the call that revokes a session until its cookie is refused, and until its open page has left.</summary>
internal sealed class Revocation : IPart
{
    private const string Database = "revocation";

    /// <summary>While the channel is cut this many wait at once: one after the other would take an hour.</summary>
    private const int AtOnceWhenCut = 10;

    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(30);
    private int user;

    /// <summary>Other ends than the one expected: no 401, no 204, a page still there after <see cref="GiveUp"/>.</summary>
    private int odd;

    public string Name => "revocation";

    public async Task<Findings> MeasureAsync(Workbench bench)
    {
        var (requests, circuits) = (bench.Arguments.Amount(100, 5), bench.Arguments.Amount(30, 3));
        await bench.Postgres.CreateDatabaseAsync(Database);
        await using var one = await bench.StartPortalAsync(Database);
        await using var two = await bench.StartPortalAsync(Database);
        await bench.AddPortalTemplateAsync(Database);
        await People.CopyAsync(bench.Postgres, Database, 4 * (requests + circuits) + 8);
        await using var screen = await Screen.OpenAsync();
        await WarmUpAsync(screen, one.Address, two.Address);

        var samples = new List<Samples>();
        var cuts = 0L;
        foreach (var cut in new[] { false, true })
        {
            await using var cutting = cut ? CutChannel.Of(bench.Postgres, Database) : null;
            var atOnce = cut ? AtOnceWhenCut : 1;
            foreach (var (where, node) in new[] { ("same node", one), ("other node", two) })
            {
                samples.Add(new("HTTP", where, cut, await ManyAsync(requests, atOnce, () => UntilRefusedAsync(one.Address, node.Address))));
                samples.Add(new("open page", where, cut, await ManyAsync(circuits, atOnce, () => UntilLeftAsync(screen, one.Address, node.Address))));
                Say.Line($"{where}, channel {(cut ? $"cut ({cutting!.Ended} times)" : "up")}: HTTP p99 {samples[^2].Milliseconds.Percentile(99):0.0} ms, "
                    + $"page p99 {samples[^1].Milliseconds.Percentile(99):0.0} ms");
            }

            cuts += cutting?.Ended ?? 0;
        }

        return Report(samples, cuts);
    }

    private async Task WarmUpAsync(Screen screen, params Uri[] nodes)
    {
        foreach (var node in nodes)
        {
            await UntilRefusedAsync(nodes[0], node);
            await UntilLeftAsync(screen, nodes[0], node);
        }
    }

    private static async Task<double[]> ManyAsync(int count, int atOnce, Func<Task<double>> measure)
    {
        var times = new double[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, async (i, _) => times[i] = await measure());
        return times;
    }

    private async Task<double> UntilRefusedAsync(Uri revoker, Uri node)
    {
        var (victim, owner, id) = await PairAsync(revoker, node);
        var start = Stopwatch.GetTimestamp();
        var revoking = owner.DeleteAsync(revoker, $"/api/sessions/{id}");
        HttpStatusCode answer;
        do
        {
            answer = await victim.GetAsync(node, "/api/session");
        }
        while (answer == HttpStatusCode.OK && Stopwatch.GetElapsedTime(start) < GiveUp);

        var time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        odd += answer == HttpStatusCode.Unauthorized && await revoking == HttpStatusCode.NoContent ? 0 : 1;
        return time;
    }

    private async Task<double> UntilLeftAsync(Screen screen, Uri revoker, Uri node)
    {
        var (victim, owner, id) = await PairAsync(revoker, node);
        var page = await screen.OpenSessionsAsync(node, victim.SessionCookie!);
        var left = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        page.FrameNavigated += (_, frame) =>
        {
            if (frame.Url.Contains("/Account/", StringComparison.Ordinal))
            {
                left.TrySetResult(Stopwatch.GetTimestamp());
            }
        };
        var start = Stopwatch.GetTimestamp();
        await owner.DeleteAsync(revoker, $"/api/sessions/{id}");
        await Task.WhenAny(left.Task, Pause.ForAsync(GiveUp));
        odd += left.Task.IsCompleted ? 0 : 1;
        var time = Stopwatch.GetElapsedTime(start, left.Task.IsCompleted ? await left.Task : Stopwatch.GetTimestamp()).TotalMilliseconds;
        await Screen.CloseAsync(page);
        return time;
    }

    /// <summary>One user, signed in at two browsers; the victim has been seen at the node where it will be refused.</summary>
    private async Task<(Visitor Victim, Visitor Owner, string VictimId)> PairAsync(Uri revoker, Uri node)
    {
        var number = Interlocked.Increment(ref user) - 1;
        var (victim, owner) = (new Visitor(Crowd.Address(number)), new Visitor(Crowd.Address(number)));
        if (!await victim.SignInAsync(node, People.Email(number), Workbench.Password)
            || !await owner.SignInAsync(revoker, People.Email(number), Workbench.Password))
        {
            throw new InvalidOperationException($"{People.Email(number)} could not sign in.");
        }

        using var own = JsonDocument.Parse(await victim.ReadAsync(node, "/api/session"));
        return (victim, owner, own.RootElement.GetProperty("id").GetString()!);
    }

    private Findings Report(List<Samples> samples, long cuts)
    {
        var table = new Table(
            "From sending `DELETE /api/sessions/{id}` until the session is gone, in milliseconds",
            ["seen by", "where", "channel", "p50", "p99", "max", "times"],
            [.. samples.Select(s => new[]
            {
                s.By, s.Where, s.Cut ? "cut" : "up", $"{s.Milliseconds.Median():0.0}", $"{s.Milliseconds.Percentile(99):0.0}",
                $"{s.Milliseconds.Max():0.0}", $"{s.Milliseconds.Length}",
            })],
            "HTTP: the revoked cookie asks `GET /api/session` without pause until it is refused. Open page: a circuit of a real Chromium, until it has "
            + $"navigated away. Cut: the database ends every connection of the channel every 10 ms ({cuts:#,0} times it found one), and {AtOnceWhenCut} users wait at once, which the times include. "
            + $"Other ends than 401, or than leaving within {GiveUp.TotalSeconds:0} s: {odd}.");
        var cut = samples.Where(s => s.Cut).Max(s => s.Milliseconds.Max());
        double Worst(string by) => samples.Where(s => s.By == by && !s.Cut && s.Where == "other node").Max(s => s.Milliseconds.Percentile(99));
        return new(
            [table],
            [
                Goal.Below("revocation seen by HTTP on another node, channel up, p99", 100, Worst("HTTP"), "ms"),
                Goal.Below("open circuit on another node closed, channel up, p99", 500, Worst("open page"), "ms"),
                new("revocation with the channel cut, everywhere, worst", "under 5000 ms", cuts > 0 ? $"{cut:0} ms" : "no channel was found to cut", cuts > 0 && cut < 5000),
            ],
            samples.ToDictionary(s => $"{s.By}, {s.Where}, channel {(s.Cut ? "cut" : "up")}", s => (IReadOnlyList<double>)s.Milliseconds));
    }

    private sealed record Samples(string By, string Where, bool Cut, double[] Milliseconds);
}
