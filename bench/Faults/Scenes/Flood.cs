using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Stage;

namespace ConcurrentSessions.Bench.Scenes;

/// <summary>Ten thousand guesses, two thousand page loads and five hundred open pages of one person within a minute; somebody else signs in meanwhile.</summary>
internal sealed class Flood : IFault
{
    private const int Guessers = 40;
    private const int Readers = 10;
    private const int PerUser = 50;

    private readonly ConcurrentDictionary<HttpStatusCode, int> guessed = [];
    private readonly ConcurrentDictionary<HttpStatusCode, int> opened = [];

    public string Name => "flood";

    public async Task PlayAsync(string workFolder, bool isShort, Report report)
    {
        var (guesses, loads, circuits) = isShort ? (1_000, 200, 100) : (10_000, 2_000, 500);
        await using var world = await World.OpenAsync(workFolder, 3);
        var node = await world.AddNodeAsync(more: new Dictionary<string, string>
        {
            ["Portal__PostsPerMinute"] = "300", ["Passwords__HashIterations"] = "210000", ["Circuits__PerUser"] = $"{PerUser}",
        });
        using var owner = await World.SignedInAsync(node, World.Email(1));
        var (before, sockets, over) = (node.MemoryInMegabytes(), new ConcurrentBag<ClientWebSocket>(), new CancellationTokenSource());
        var start = Stopwatch.GetTimestamp();
        var honest = SignInAgainAndAgainAsync(node, over.Token);
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, Guessers).Select(n => GuessAsync(node, n, guesses / Guessers)),
            .. Enumerable.Range(0, Readers).Select(n => ReadAsync(node, n, loads / Readers)),
            .. Enumerable.Range(0, circuits).Select(_ => OpenAsync(node, owner.Key!, sockets)),
        ]);
        var took = Stopwatch.GetElapsedTime(start);
        var after = node.MemoryInMegabytes();
        await over.CancelAsync();
        var waits = await honest;

        report.Seen($"guesses / page loads / sockets, in {took.TotalSeconds:0} s", $"{guesses} / {loads} / {circuits}");
        report.Holds("answers to guesses", Words(guessed), "200, 429", guessed.Keys.All(s => s is HttpStatusCode.OK or HttpStatusCode.TooManyRequests));
        report.Holds("sockets", Words(opened), $"{PerUser} open, the rest 429",
            opened.GetValueOrDefault(HttpStatusCode.SwitchingProtocols) == PerUser && opened.Keys.All(s => s is HttpStatusCode.SwitchingProtocols or HttpStatusCode.TooManyRequests));
        report.Holds("honest sign-ins that failed", $"{waits.Count(w => w < 0)} of {waits.Count}", "0", waits.TrueForAll(w => w >= 0) && waits.Count > 0);
        report.AtMost("95 % of honest sign-ins, page and form, took", waits.Order().ElementAt((int)(waits.Count * 0.95)), 2);
        report.Holds("memory before and after", $"{before} MB, {after} MB", "at most 400 MB more", after - before <= 400);
        report.Is("ready afterwards", $"{(int)await owner.GetAsync(node, "/health/ready")}", "200");
        var noted = await world.ReadAsync("SELECT COUNT(*) FROM \"AuditEvents\"");
        report.Holds("audit events", noted[0], "under half the guesses", int.Parse(noted[0]) < guesses / 2);
        foreach (var socket in sockets)
        {
            socket.Dispose();
        }

        over.Dispose();
        await world.CheckAsync(report);
    }

    private async Task GuessAsync(Node node, int number, int times)
    {
        using var client = new Client($"198.18.{number}.1");
        for (var i = 0; i < times; i++)
        {
            var answer = await client.SignInAsync(node, i % 2 == 0 ? World.Email(3) : $"nobody{number}@faults.example", $"a wrong password {i}");
            guessed.AddOrUpdate(answer, 1, (_, n) => n + 1);
        }
    }

    private static async Task ReadAsync(Node node, int number, int times)
    {
        using var client = new Client($"198.19.{number}.1");
        for (var i = 0; i < times; i++)
        {
            client.Forget();
            await client.GetAsync(node, i % 2 == 0 ? "/Account/Login" : "/Account/Register");
        }
    }

    private async Task OpenAsync(Node node, string key, ConcurrentBag<ClientWebSocket> sockets)
    {
        var socket = new ClientWebSocket();
        sockets.Add(socket);
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Cookie", $"{Client.SessionCookie}={key}");
        socket.Options.SetRequestHeader("Origin", node.Address.GetLeftPart(UriPartial.Authority));
        try
        {
            await socket.ConnectAsync(new Uri($"ws://{node.Address.Authority}/_blazor"), CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // Its status says why.
        }

        opened.AddOrUpdate(socket.HttpStatusCode, 1, (_, n) => n + 1);
    }

    /// <returns>How many seconds each took; below zero when it failed.</returns>
    private static async Task<List<double>> SignInAgainAndAgainAsync(Node node, CancellationToken over)
    {
        var waits = new List<double>();
        using var client = new Client("203.0.113.99");
        while (!over.IsCancellationRequested)
        {
            client.Forget();
            var start = Stopwatch.GetTimestamp();
            await client.SignInAsync(node, World.Email(2));
            waits.Add(client.Key is null ? -1 : Stopwatch.GetElapsedTime(start).TotalSeconds);
            await Pause.ForAsync(TimeSpan.FromMilliseconds(500), CancellationToken.None);
        }

        return waits;
    }

    private static string Words(ConcurrentDictionary<HttpStatusCode, int> answers) =>
        string.Join(", ", answers.OrderBy(a => a.Key).Select(a => $"{(int)a.Key}: {a.Value}"));
}
