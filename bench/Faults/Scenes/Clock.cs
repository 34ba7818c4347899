using System.Net;
using ConcurrentSessions.Bench.Stage;

namespace ConcurrentSessions.Bench.Scenes;

/// <summary>Two nodes whose clocks are 30 s apart; then the clock of one jumps.</summary>
internal sealed class Clock : IFault
{
    public string Name => "clock";

    public async Task PlayAsync(string workFolder, bool isShort, Report report)
    {
        await using var world = await World.OpenAsync(workFolder, 10);
        var file = Path.Combine(workFolder, "faults-clock");
        await File.WriteAllTextAsync(file, "00:00:30");
        var right = await world.AddNodeAsync();
        var odd = await world.AddNodeAsync(clockFile: file);
        var revived = 0;
        foreach (var (jump, person) in new[] { ("00:00:30", 1), ("02:00:00", 2), ("-02:00:00", 3), ("-1.00:00:00", 4) })
        {
            await File.WriteAllTextAsync(file, "00:00:30");
            using var ended = await World.SignedInAsync(odd, World.Email(person));
            using var owner = await World.SignedInAsync(right, World.Email(person), "203.0.113.8");
            World.Must(await owner.DeleteAsync(right, "/api/sessions") == HttpStatusCode.OK, "It cannot be revoked.");
            await World.UntilAsync(async () => await ended.GetAsync(odd, "/api/session") == HttpStatusCode.Unauthorized);
            await File.WriteAllTextAsync(file, jump);
            for (var ask = 0; ask < 20; ask++)
            {
                revived += await ended.GetAsync(odd, "/api/session") == HttpStatusCode.OK ? 1 : 0;
                revived += await ended.GetAsync(right, "/api/session") == HttpStatusCode.OK ? 1 : 0;
            }

            using var during = new Client("203.0.113.9");
            report.Is($"a sign-in on the node at {jump}", $"{(int)await during.SignInAsync(odd, World.Email(5 + person))}", "302");
            report.Seen($"what the other node makes of it at {jump}", $"{(int)await during.GetAsync(right, "/api/session")}");
        }

        report.None("answers to revoked sessions", revived);
        var immortal = await world.ReadAsync("SELECT \"Id\" FROM \"Sessions\" WHERE \"ExpiresAt\" > now() + interval '14 hours 1 minute'");
        report.None("sessions that outlive their lifetime by more than the jump", immortal.Count);
        await File.WriteAllTextAsync(file, "00:00:00");
        using var after = await World.SignedInAsync(odd, World.Email(10));
        report.Is("a session of the node whose clock is right again, elsewhere", $"{(int)await after.GetAsync(right, "/api/session")}", "200");
        await world.CheckAsync(report);
    }
}
