using System.Net;
using System.Net.WebSockets;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.SignIn.Guessing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Guessing, page loads and open pages of one person, all at once. The long run, with times and memory, is <c>bench/faults.sh flood</c>.</summary>
[Trait("Check", "S56")]
public sealed class FloodTests : IAsyncLifetime
{
    private const int Posts = 120;
    private const int Pages = 5;

    private readonly PortalFactory portal = new PortalFactory().With("Portal:PostsPerMinute", $"{Posts}").With("Circuits:PerUser", $"{Pages}");
    private Visitor ada = null!;

    public async ValueTask InitializeAsync()
    {
        await portal.AddUserAsync("ada@portal.example");
        await portal.AddUserAsync("grace@portal.example");
        ada = portal.NewVisitor();
        await ada.SignInAsync("ada@portal.example");
    }

    public async ValueTask DisposeAsync()
    {
        ada.Dispose();
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task Everybody_else_signs_in_while_guessers_readers_and_open_pages_come_in_crowds()
    {
        using var guesser = portal.NewVisitor("192.0.2.66");
        using var reader = portal.NewVisitor("192.0.2.200");
        var form = await guesser.OpenFormAsync("/Account/Login", "login");
        var guesses = InCrowdAsync(12, 2 * Posts, n => GuessAsync(guesser, form, n));
        var reads = InCrowdAsync(4, 100, n => ReadAsync(reader, n));
        var opened = Enumerable.Range(0, 5 * Pages).Select(_ => Task.Run(OpenAsync)).ToList();

        using var grace = portal.NewVisitor("198.51.100.4");
        using var signedIn = await grace.SignInAsync("grace@portal.example");
        Assert.Equal(HttpStatusCode.Found, signedIn.StatusCode);
        Assert.True(await grace.IsSignedInAsync());

        var answers = await guesses;
        Assert.InRange(answers.Count(a => a == HttpStatusCode.TooManyRequests), Posts / 2, 2 * Posts);
        Assert.All(answers, a => Assert.True(a is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, $"{a}"));
        Assert.All(await reads, html => Assert.DoesNotContain("<!--Blazor:{\"type\":\"server\"", html, StringComparison.Ordinal));

        var sockets = (await Task.WhenAll(opened)).OfType<WebSocket>().ToList();
        Assert.Equal(Pages, sockets.Count);
        Assert.Equal(HttpStatusCode.TooManyRequests, await portal.RefusedSocketAsync(ada, "https://localhost"));
        Assert.True(await ada.IsSignedInAsync());
        sockets.ForEach(s => s.Dispose());

        // What a flood leaves behind does not grow with it: a few counters, and some notes that stand for all.
        var (counters, notes) = await portal.InDatabaseAsync(async db => (await db.Set<SignInFailures>().CountAsync(), await db.AuditEvents.CountAsync()));
        Assert.InRange(counters, 1, 10);
        Assert.InRange(notes, 1, Posts);
    }

    /// <param name="people">How many do it at once, each one after the other.</param>
    private static async Task<T[]> InCrowdAsync<T>(int people, int times, Func<int, Task<T>> act)
    {
        var done = await Task.WhenAll(Enumerable.Range(0, people).Select(person => Task.Run(async () =>
        {
            var answers = new List<T>();
            for (var n = person; n < times; n += people)
            {
                answers.Add(await act(n));
            }

            return answers;
        })));
        return [.. done.SelectMany(a => a)];
    }

    // Half of them at one account, which exists, and half at another, which does not.
    private static async Task<HttpStatusCode> GuessAsync(Visitor guesser, (string, string)[] form, int number)
    {
        using var answer = await guesser.PostAsync("/Account/Login",
            [.. form, ("Input.Email", number % 2 == 0 ? "ada@portal.example" : "nobody@portal.example"), ("Input.Password", $"a wrong password {number}")]);
        return answer.StatusCode;
    }

    private static async Task<string> ReadAsync(Visitor reader, int number)
    {
        string[] pages = ["/", "/Account/Login", "/Account/Register", "/Account/ForgotPassword"];
        using var page = await reader.GetAsync(pages[number % pages.Length]);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return await page.Content.ReadAsStringAsync();
    }

    private async Task<WebSocket?> OpenAsync()
    {
        try
        {
            return await portal.OpenSocketAsync(ada, "https://localhost");
        }
        catch (InvalidOperationException)
        {
            return null; // refused
        }
    }
}
