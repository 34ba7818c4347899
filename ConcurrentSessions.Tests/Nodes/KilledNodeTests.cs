using System.Net;
using ConcurrentSessions.Tests.Support;
using Xunit;

namespace ConcurrentSessions.Tests.Nodes;

/// <summary>A node that is killed in the middle of its work leaves all or nothing of it. (bench/faults.sh kill does it 300 times.)</summary>
[Trait("Check", "S34")]
public sealed class KilledNodeTests : IAsyncLifetime
{
    private const int Kills = 3;
    private const int People = 6;

    private readonly ThrowAwayDatabase database = ThrowAwayDatabase.New("Postgres");
    private readonly PortalFactory survivor;
    private NodeProcess victim = null!;
    private int opened;

    public KilledNodeTests() => survivor = PortalFactory.On(database).With("Sessions:WhenFull", "EvictLeastRecent");

    public async ValueTask InitializeAsync()
    {
        await survivor.AddUserAsync("root@portal.example", Web.Data.Roles.Admin);
        for (var person = 1; person <= People; person++)
        {
            await survivor.AddUserAsync(Email(person));
        }

        victim = await NodeProcess.StartAsync(database);
    }

    public async ValueTask DisposeAsync()
    {
        await victim.DisposeAsync();
        await survivor.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task A_node_killed_among_sign_ins_evictions_and_mails_leaves_all_or_nothing_and_nobody_locked_out()
    {
        for (var kill = 1; kill <= Kills; kill++)
        {
            var enough = opened + (People * kill);
            var crowd = Task.WhenAll(Enumerable.Range(1, People).SelectMany(p => new[] { SignInUntilItDiesAsync(p, 1), SignInUntilItDiesAsync(p, 2) }));
            while (Volatile.Read(ref opened) < enough && !crowd.IsCompleted)
            {
                await Task.Yield();
            }

            await victim.KillAsync();
            await crowd;
            await victim.DisposeAsync();
            victim = await NodeProcess.StartAsync(database);
        }

        survivor.Clock.AdjustTime(TimeProvider.System.GetUtcNow()); // the process's
        await survivor.AssertInvariantsAsync();
        for (var person = 1; person <= People; person++)
        {
            using var visitor = victim.NewVisitor("198.51.100.1");
            using var answer = await visitor.SignInAsync(Email(person));
            Assert.True(await visitor.IsSignedInAsync());
            Assert.InRange((await survivor.ActiveSessionsAsync(Email(person))).Count, 1, 3);
        }
    }

    private static string Email(int person) => $"person{person}@portal.example";

    private async Task SignInUntilItDiesAsync(int person, int browser)
    {
        try
        {
            while (true)
            {
                using var visitor = victim.NewVisitor($"198.51.100.{(10 * person) + browser}");
                using var answer = await visitor.SignInAsync(Email(person));
                    Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
                Interlocked.Increment(ref opened);
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            // It was killed.
        }
    }
}
