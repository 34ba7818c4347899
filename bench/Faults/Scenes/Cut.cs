using System.Net;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Stage;

namespace ConcurrentSessions.Bench.Scenes;

/// <summary>One node no longer reaches the database, and is told by nothing but silence.</summary>
internal sealed class Cut : IFault
{
    public string Name => "cut";

    public async Task PlayAsync(string workFolder, bool isShort, Report report)
    {
        await using var world = await World.OpenAsync(workFolder, 4);
        await using var wire = Wire.To(world.Server);
        var whole = await world.AddNodeAsync();
        var cut = await world.AddNodeAsync(wire.Port);
        using var victim = await World.SignedInAsync(cut, World.Email(1));
        using var owner = await World.SignedInAsync(whole, World.Email(1), "203.0.113.8");
        using var admin = await World.SignedInAsync(cut, World.Admin);
        World.Must(await victim.GetAsync(cut, "/api/session") == HttpStatusCode.OK, "The victim is not signed in.");
        World.Must(await admin.GetAsync(cut, "/api/session") == HttpStatusCode.OK, "The administrator is not signed in.");

        wire.Die();
        var adminSaw = admin.GetAsync(cut, "/api/admin/sessions");
        var unready = World.UntilAsync(async () => await owner.Twin().GetAsync(cut, "/health/ready") == HttpStatusCode.ServiceUnavailable);
        World.Must(await owner.DeleteAsync(whole, "/api/sessions") == HttpStatusCode.OK, "The other node cannot revoke.");
        var asks = Enumerable.Range(0, 4).Select(_ => LastOkAsync(victim.Twin(), cut)).ToArray();
        report.AtMost("the revoked session is answered at the cut node until", (await Task.WhenAll(asks)).Max(), 5);
        report.AtMost("/health/ready says no after", await unready, 5);
        report.Is("an administrator is answered", $"{(int)await adminSaw}", "503");
        report.Is("/health/live says", $"{(int)await owner.GetAsync(cut, "/health/live")}", "200");
        report.Is("the other node goes on", $"{(int)await owner.GetAsync(whole, "/api/session")}", "200");

        wire.Mend();
        report.AtMost("all is well again after", await World.UntilAsync(async () =>
            await owner.GetAsync(cut, "/health/ready") == HttpStatusCode.OK && await owner.GetAsync(cut, "/api/session") == HttpStatusCode.OK), 10);
        report.Is("the revoked session afterwards", $"{(int)await victim.GetAsync(cut, "/api/session")}", "401");
        await world.CheckAsync(report);
    }

    /// <returns>Seconds from now at which the last answer came that opened something.</returns>
    private static async Task<double> LastOkAsync(Client client, Node node)
    {
        var last = 0d;
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds < 10)
        {
            if (await client.GetAsync(node, "/api/session") == HttpStatusCode.OK)
            {
                last = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
            }

            await Pause.ForAsync(TimeSpan.FromMilliseconds(100));
        }

        client.Dispose();
        return last;
    }
}
