using System.Net;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Stage;

namespace ConcurrentSessions.Bench.Scenes;

/// <summary>The connections on which nodes are told what changed are ended again and again, as soon as they are there.</summary>
internal sealed class Channel : IFault
{
    private const string End = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'ConcurrentSessions signals'";

    public string Name => "channel";

    public async Task PlayAsync(string workFolder, bool isShort, Report report)
    {
        var rounds = isShort ? 5 : 30;
        await using var world = await World.OpenAsync(workFolder, 1);
        await world.AddNodeAsync();
        await world.AddNodeAsync();
        report.AtMost($"revocation on the other node, channel up, worst of {rounds}", await WorstAsync(world, rounds), 2);
        using (var over = new CancellationTokenSource())
        {
            var cutting = CutAsync(world, over.Token);
            using var probe = new Client();
            report.AtMost("/health/ready says Degraded after", await World.UntilAsync(async () => await probe.ReadAsync(world[1], "/health/ready") == "Degraded"), 15);
            report.AtMost($"revocation on the other node, channel cut, worst of {rounds}", await WorstAsync(world, rounds), 5);
            await over.CancelAsync();
            report.Seen("connections of the channel ended", $"{await cutting}");
            report.AtMost("/health/ready says Healthy after", await World.UntilAsync(async () => await probe.ReadAsync(world[1], "/health/ready") == "Healthy"), 10);
        }

        report.AtMost($"revocation on the other node, channel up again, worst of {rounds}", await WorstAsync(world, rounds), 2);
        await world.CheckAsync(report);
    }

    private static async Task<double> WorstAsync(World world, int rounds)
    {
        var worst = 0d;
        for (var round = 0; round < rounds; round++)
        {
            using var victim = await World.SignedInAsync(world[1], World.Email(1));
            using var owner = await World.SignedInAsync(world[0], World.Email(1), "203.0.113.8");
            World.Must(await victim.GetAsync(world[1], "/api/session") == HttpStatusCode.OK, "The victim is not signed in.");
            World.Must(await owner.DeleteAsync(world[0], "/api/sessions") == HttpStatusCode.OK, "It cannot be revoked.");
            worst = Math.Max(worst, await World.UntilAsync(async () => await victim.GetAsync(world[1], "/api/session") == HttpStatusCode.Unauthorized));
        }

        return worst;
    }

    private static async Task<long> CutAsync(World world, CancellationToken over)
    {
        var ended = 0L;
        while (!over.IsCancellationRequested)
        {
            ended += long.Parse((await world.ReadAsync(End))[0]);
            await Pause.ForAsync(TimeSpan.FromMilliseconds(20), CancellationToken.None);
        }

        return ended;
    }
}
