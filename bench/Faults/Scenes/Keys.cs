using System.Net;
using ConcurrentSessions.Bench.Stage;

namespace ConcurrentSessions.Bench.Scenes;

/// <summary>The key ring is lost, and rows are removed behind the portal's back.</summary>
internal sealed class Keys : IFault
{
    public string Name => "keys";

    public async Task PlayAsync(string workFolder, bool isShort, Report report)
    {
        await using var world = await World.OpenAsync(workFolder, 3);
        var one = await world.AddNodeAsync();
        var two = await world.AddNodeAsync();
        using var ada = await World.SignedInAsync(one, World.Email(1));
        using var bob = await World.SignedInAsync(one, World.Email(2));
        await world.ReadAsync("DELETE FROM \"DataProtectionKeys\"");
        await one.KillAsync();
        await two.KillAsync();
        await one.StartAsync();
        await two.StartAsync();
        report.Is("a session after the key ring was lost and the nodes killed", $"{(int)await ada.GetAsync(one, "/api/session")}", "200");
        Client.Answers.Clear();
        using var newcomer = new Client();
        await newcomer.SignInAsync(one, World.Email(3));
        await ada.GetAsync(two, "/sessions");
        report.Is("a new sign-in", newcomer.Key is null ? "no" : "yes", "yes");
        report.None("errors of the program", Client.Answers.Where(a => (int)a.Key is 500 or 0).Sum(a => a.Value));

        World.Must(await bob.GetAsync(two, "/api/session") == HttpStatusCode.OK, "Bob is not signed in.");
        await world.ReadAsync("DELETE FROM \"Sessions\" WHERE \"UserId\" = 'person2'");
        report.AtMost("a session whose row was deleted is answered for", await World.UntilAsync(async () =>
            await bob.GetAsync(one, "/api/session") == HttpStatusCode.Unauthorized && await bob.GetAsync(two, "/api/session") == HttpStatusCode.Unauthorized), 2);

        World.Must(await ada.GetAsync(two, "/api/session") == HttpStatusCode.OK, "Ada is not signed in.");
        await world.ReadAsync("UPDATE \"Epoch\" SET \"Fingerprint\" = 'of the database that this is a copy of'");
        report.AtMost("a session in a restored copy is answered for", await World.UntilAsync(async () =>
            await ada.GetAsync(one, "/api/session") == HttpStatusCode.Unauthorized && await ada.GetAsync(two, "/api/session") == HttpStatusCode.Unauthorized), 2);
    }
}
