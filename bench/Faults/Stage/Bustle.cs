using System.Collections.Concurrent;
using System.Net;
using ConcurrentSessions.Bench.Machines;

namespace ConcurrentSessions.Bench.Stage;

/// <summary>People who sign in from new browsers, look at their sessions, revoke one and sign out, without end, at whatever node there is.</summary>
internal sealed class Bustle : IAsyncDisposable
{
    private readonly CancellationTokenSource over = new();
    private readonly ConcurrentBag<string> keys = [];
    private readonly Task[] people;
    private int signIns;

    /// <param name="clients">Two of them share a person.</param>
    public Bustle(World world, int clients, int nodes, TimeSpan rest) =>
        people = [.. Enumerable.Range(0, clients).Select(n => LiveAsync(world, n, nodes, rest))];

    /// <summary>Of every session that a browser was told it had.</summary>
    public IReadOnlyCollection<string> Keys => keys;

    public int SignIns => signIns;

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await Task.WhenAll(people);
        over.Dispose();
    }

    private async Task LiveAsync(World world, int number, int nodes, TimeSpan rest)
    {
        using var client = new Client($"198.18.0.{number + 1}");
        for (var round = 0; !over.IsCancellationRequested; round++)
        {
            var node = world[(number + round) % nodes];
            var other = world[(number + round + 1) % nodes];
            client.Forget(); // a new browser: a new device, a mail, and one day an eviction
            await client.SignInAsync(node, World.Email(1 + (number / 2)));
            if (client.Key is { } key)
            {
                keys.Add(key);
                Interlocked.Increment(ref signIns);
            }

            await RestAsync(rest);
            await client.GetAsync(other, "/api/sessions");
            await RestAsync(rest);
            await client.GetAsync(node, "/api/session");
            await RestAsync(rest);
            _ = (round % 4) switch
            {
                0 => await client.SignOutAsync(other),
                1 => await client.DeleteAsync(other, "/api/sessions"),
                _ => HttpStatusCode.NoContent,
            };
            await RestAsync(rest);
        }
    }

    private async Task RestAsync(TimeSpan rest)
    {
        try
        {
            await Pause.ForAsync(rest, over.Token);
        }
        catch (OperationCanceledException)
        {
            // The round is finished without rests.
        }
    }
}
