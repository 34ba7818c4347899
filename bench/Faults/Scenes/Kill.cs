using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Stage;

namespace ConcurrentSessions.Bench.Scenes;

/// <summary>kill -9 of a node among sign-ins, evictions and mails, again and again: all or nothing of each, and no mail lost.</summary>
internal sealed class Kill : IFault
{
    private const int Clients = 20;

    public string Name => "kill";

    public async Task PlayAsync(string workFolder, bool isShort, Report report)
    {
        var kills = isShort ? 20 : 300;
        await using var sink = new MailSink();
        await using var world = await World.OpenAsync(workFolder, Clients);
        await world.AddNodeAsync(more: sink.Settings);
        await world.AddNodeAsync(more: sink.Settings);
        var random = new Random(34);
        var starts = new List<double>();
        var bustle = new Bustle(world, Clients, 2, TimeSpan.FromMilliseconds(20));
        await using (bustle)
        {
            for (var kill = 0; kill < kills; kill++)
            {
                await Pause.ForAsync(TimeSpan.FromMilliseconds(random.Next(50, 600)));
                await world[kill % 2].KillAsync();
                starts.Add((await world[kill % 2].StartAsync()).TotalSeconds);
                if (kill % 20 == 19)
                {
                    Say.Line($"{kill + 1} kills, {bustle.SignIns} sign-ins");
                }
            }
        }

        report.Seen("kills / sign-ins", $"{kills} / {bustle.SignIns}");
        report.AtMost("longest start after a kill", starts.Max(), 15);
        report.AtMost("until every mail was sent", await World.UntilAsync(async () => await UnsentAsync(world) == "0", 150), 120);
        var promised = (await world.ReadAsync("SELECT replace(\"Id\"::text, '-', '') FROM \"Outbox\" WHERE \"SentAt\" IS NOT NULL")).ToHashSet();
        var arrived = sink.Ids.Select(id => id.Replace("-", "", StringComparison.Ordinal)).ToHashSet();
        report.None($"mails that never arrived, of {promised.Count}", promised.Except(arrived).Count());
        report.Holds("mails that arrived twice", $"{sink.Repeated}", $"at most {kills}", sink.Repeated <= kills);
        using var visitor = new Client("198.18.1.1");
        var locked = 0;
        for (var person = 1; person <= Clients / 2; person++)
        {
            visitor.Forget();
            await visitor.SignInAsync(world[person % 2], World.Email(person));
            locked += visitor.Key is null ? 1 : 0;
        }

        report.None("people locked out", locked);
        await world.CheckAsync(report, bustle.Keys);
    }

    private static async Task<string> UnsentAsync(World world) =>
        (await world.ReadAsync("SELECT COUNT(*) FROM \"Outbox\" WHERE \"SentAt\" IS NULL AND \"FailedAt\" IS NULL"))[0];
}
