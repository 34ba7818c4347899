using System.Diagnostics;
using System.Net;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Stage;

namespace ConcurrentSessions.Bench.Scenes;

/// <summary>PostgreSQL is restarted under load, fast and immediate in turn.</summary>
internal sealed class Restart : IFault
{
    // 20 clients with a rest of 0.3 s before each request ask about 50 times a second.
    private const int Clients = 20;

    public string Name => "restart";

    public async Task PlayAsync(string workFolder, bool isShort, Report report)
    {
        var restarts = isShort ? 4 : 20;
        await using var world = await World.OpenAsync(workFolder, Clients);
        await world.AddNodeAsync();
        await world.AddNodeAsync();
        Client.Answers.Clear();
        var outages = new List<double>();
        var start = Stopwatch.GetTimestamp();
        var bustle = new Bustle(world, Clients, 2, TimeSpan.FromMilliseconds(300));
        await using (bustle)
        {
            for (var restart = 0; restart < restarts; restart++)
            {
                await Pause.ForAsync(TimeSpan.FromSeconds(2));
                var down = Stopwatch.GetTimestamp();
                await world.Server.StopAsync(restart % 2 == 0 ? "fast" : "immediate");
                await world.Server.StartAsync();
                await World.UntilAsync(() => SignsInAsync(world, 11 + (restart % 10)));
                outages.Add(Stopwatch.GetElapsedTime(down).TotalSeconds);
            }

            await Pause.ForAsync(TimeSpan.FromSeconds(2));
        }

        var asked = Client.Answers.Values.Sum();
        report.Seen("restarts / sign-ins / requests a second", $"{restarts} / {bustle.SignIns} / {asked / Stopwatch.GetElapsedTime(start).TotalSeconds:0}");
        report.AtMost("longest outage, stop and start of the server included", outages.Max(), 10);
        HttpStatusCode[] allowed = [HttpStatusCode.OK, HttpStatusCode.NoContent, HttpStatusCode.Redirect, HttpStatusCode.Unauthorized, HttpStatusCode.ServiceUnavailable];
        var seen = string.Join(", ", Client.Answers.OrderBy(a => a.Key).Select(a => $"{(int)a.Key}: {a.Value}"));
        report.Holds("answers", seen, "200, 204, 302, 401, 503", Client.Answers.Keys.All(allowed.Contains));
        await world.CheckAsync(report, bustle.Keys);
    }

    private static async Task<bool> SignsInAsync(World world, int person)
    {
        using var client = new Client("198.18.1.2");
        await client.SignInAsync(world[0], World.Email(person));
        return client.Key is not null && await client.GetAsync(world[1], "/api/session") == HttpStatusCode.OK;
    }
}
