using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.SignIn.Passwords;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

[Trait("Check", "S56")]
public sealed class HashGateTests : IAsyncLifetime
{
    private readonly HashingPortal portal = new();

    public async ValueTask InitializeAsync() => await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task A_flood_of_sign_ins_is_hashed_a_few_at_a_time_refused_beyond_the_queue_and_keeps_nobody_else_waiting()
    {
        using var member = portal.NewVisitor();
        await member.SignInAsync("ada@portal.example");
        using var crowd = portal.NewVisitor("192.0.2.66");
        var form = await crowd.OpenFormAsync("/Account/Login", "login");
        portal.Hasher.HoldBack();
        var room = HashGate.Slots + HashGate.Queue;
        var attempts = Enumerable.Range(0, room + 10)
            .Select(n => crowd.PostAsync("/Account/Login", [.. form, ("Input.Email", $"nobody{n}@portal.example"), ("Input.Password", "not a password of anybody")]))
            .ToList();
        while (attempts.Count(a => a.IsCompleted) < 10 || portal.Hasher.Running < HashGate.Slots)
        {
            await Task.Yield();
        }

        foreach (var path in new[] { "/health/live", "/health/ready", "/api/session", "/Account/Login", "/Account/Manage" })
        {
            using var answer = await member.GetAsync(path);
            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
        }

        var refused = attempts.Where(a => a.IsCompleted).Select(a => a.Result).ToList();
        Assert.Equal((10, HashGate.Slots), (refused.Count, portal.Hasher.Running));
        Assert.All(refused, r => Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromSeconds(5)), (r.StatusCode, r.Headers.RetryAfter?.Delta)));
        Assert.Contains("try again in a few seconds", await refused[0].Content.ReadAsStringAsync(), StringComparison.Ordinal);

        portal.Hasher.LetGo();
        var answers = await Task.WhenAll(attempts);
        Assert.Equal(room, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(HashGate.Slots, portal.Hasher.MostAtOnce);
    }

    [Fact]
    public async Task Whoever_waits_for_five_seconds_is_told_to_come_again_and_is_not_counted_as_guessing()
    {
        portal.Hasher.HoldBack();
        using var visitor = portal.NewVisitor();
        var form = await visitor.OpenFormAsync("/Account/Register", "register");
        var first = Enumerable.Range(0, HashGate.Slots).Select(n => RegisterAsync(visitor, form, n)).ToList();
        while (portal.Hasher.Running < HashGate.Slots)
        {
            await Task.Yield();
        }

        using var ada = portal.NewVisitor();
        for (var i = 0; i < 7; i++)
        {
            var late = ada.SignInAsync("ada@portal.example");
            while (!late.IsCompleted)
            {
                portal.Clock.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            using var answer = await late;
            Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        }

        portal.Hasher.LetGo();
        await Task.WhenAll(first);
        await ada.SignInAsync("ada@portal.example");
        Assert.True(await ada.IsSignedInAsync());
    }

    private static Task<HttpResponseMessage> RegisterAsync(Visitor visitor, (string, string)[] form, int number) => visitor.PostAsync(
        "/Account/Register", [.. form, ("Input.Email", $"new{number}@portal.example"), ("Input.Password", PortalFactory.Password), ("Input.ConfirmPassword", PortalFactory.Password)]);
}
