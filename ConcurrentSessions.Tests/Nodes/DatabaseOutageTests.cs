using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Nodes;

/// <summary>The portal's PostgreSQL server goes away and comes back: a sign-in waits for it or is refused for now, and nothing happens twice.</summary>
[Trait("Check", "S36")]
public sealed class DatabaseOutageTests : IAsyncLifetime
{
    private readonly ThrowAwayDatabase database = ThrowAwayDatabase.New("Postgres");
    private readonly PostgresWire wire;
    private readonly PortalFactory portal;

    public DatabaseOutageTests()
    {
        wire = PostgresWire.To(database);
        portal = PortalFactory.On(database).With("ConnectionStrings:Portal", wire.ConnectionString);
    }

    public async ValueTask InitializeAsync() => await portal.AddUserAsync("ada@portal.example");

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        await wire.DisposeAsync();
        database.Dispose();
    }

    [Theory]
    [InlineData("answer")]
    [InlineData("question")]
    public async Task A_sign_in_whose_commit_is_lost_on_the_way_opens_one_session(string lost)
    {
        using var laptop = portal.NewVisitor();
        var form = await laptop.OpenFormAsync("/Account/Login", "login");
        if (lost == "answer")
        {
            wire.LoseTheAnswerTo(PostgresWire.Commit);
        }
        else
        {
            wire.Lose(PostgresWire.Commit);
        }

        using var answer = await SignInAsync(laptop, form, "ada@portal.example");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.True(await laptop.IsSignedInAsync());
        await AssertOnceAsync("ada@portal.example", 1);
    }

    [Fact]
    public async Task A_sign_in_waits_for_a_server_that_restarts()
    {
        using var laptop = portal.NewVisitor();
        var form = await laptop.OpenFormAsync("/Account/Login", "login");
        wire.GoDownAt("pg_advisory_xact_lock", refusing: 3);
        using var answer = await SignInAsync(laptop, form, "ada@portal.example");
        Assert.Equal((HttpStatusCode.Found, 3), (answer.StatusCode, wire.Refused));
        await AssertOnceAsync("ada@portal.example", 1);
    }

    [Fact]
    public async Task Twenty_sign_ins_while_the_server_goes_away_succeed_or_are_refused_for_now()
    {
        var people = Enumerable.Range(1, 20).Select(n => $"person{n}@portal.example").ToList();
        var visitors = new List<(string Email, Visitor Visitor, (string, string)[] Form)>();
        foreach (var email in people)
        {
            await portal.AddUserAsync(email);
            var visitor = portal.NewVisitor();
            visitors.Add((email, visitor, await visitor.OpenFormAsync("/Account/Login", "login")));
        }

        wire.GoDownAt(PostgresWire.Commit, refusing: 12);
        var answers = await Task.WhenAll(visitors.Select(v => SignInAsync(v.Visitor, v.Form, v.Email)));
        wire.Mend();
        Assert.All(answers, a => Assert.True(a.StatusCode is HttpStatusCode.Found or HttpStatusCode.ServiceUnavailable, $"{a.StatusCode}"));
        foreach (var (email, visitor, _) in visitors)
        {
            var sessions = await portal.ActiveSessionsAsync(email);
            Assert.InRange(sessions.Count, 0, 1);
            await AssertOnceAsync(email, sessions.Count);
            using var again = await visitor.SignInAsync(email);
            Assert.True(await visitor.IsSignedInAsync());
            visitor.Dispose();
        }
    }

    [Fact]
    [Trait("Check", "S37")]
    public async Task Nothing_answers_with_an_error_of_the_program_while_the_server_is_away_and_all_is_well_after()
    {
        using var laptop = portal.NewVisitor();
        using var stranger = portal.NewVisitor();
        await laptop.SignInAsync("ada@portal.example");
        wire.GoDownAt("SELECT", refusing: 100_000);
        foreach (var visitor in new[] { laptop, stranger })
        {
            foreach (var path in new[] { "/", "/sessions", "/Account/Login", "/Account/Manage", "/api/session", "/api/sessions", "/health/ready" })
            {
                using var answer = await visitor.GetAsync(path);
                Assert.NotEqual(HttpStatusCode.InternalServerError, answer.StatusCode);
                Assert.DoesNotContain("Npgsql", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }

            using var alive = await visitor.GetAsync("/health/live");
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        }

        wire.Mend();
        Assert.True(await laptop.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S37")]
    public async Task A_server_that_falls_silent_is_given_up_and_nothing_is_served_from_memory_for_long()
    {
        using var laptop = portal.NewVisitor();
        using var phone = portal.NewVisitor();
        await laptop.SignInAsync("ada@portal.example");
        var form = await phone.OpenFormAsync("/Account/Login", "login");
        wire.FallSilent();
        portal.Clock.Advance(TimeSpan.FromSeconds(10));
        using var session = await laptop.GetAsync("/api/session");
        using var page = await laptop.GetAsync("/sessions");
        using var ready = await laptop.GetAsync("/health/ready");
        using var signIn = await SignInAsync(phone, form, "ada@portal.example");
        Assert.All(new[] { session, page, ready, signIn }, a => Assert.Equal(HttpStatusCode.ServiceUnavailable, a.StatusCode));
        wire.Mend();
        Assert.True(await laptop.IsSignedInAsync());
        await AssertOnceAsync("ada@portal.example", 1);
    }

    [Fact]
    [Trait("Check", "S37")]
    public async Task A_call_of_the_api_that_meets_an_outage_says_so_and_changes_nothing()
    {
        using var laptop = portal.NewVisitor();
        using var phone = portal.NewVisitor();
        await laptop.SignInAsync("ada@portal.example");
        await phone.SignInAsync("ada@portal.example");
        wire.GoDownAt("pg_advisory_xact_lock", refusing: 100_000);
        using var answer = await laptop.DeleteAsync("/api/sessions");
        wire.Mend();
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.True(await phone.IsSignedInAsync());
    }

    private static Task<HttpResponseMessage> SignInAsync(Visitor visitor, (string, string)[] form, string email) =>
        visitor.PostAsync("/Account/Login", [.. form, ("Input.Email", email), ("Input.Password", PortalFactory.Password)]);

    private async Task AssertOnceAsync(string email, int sessions)
    {
        var user = await portal.UserAsync(email);
        Assert.Equal(sessions, await portal.InDatabaseAsync(db => db.Sessions.CountAsync(s => s.UserId == user.Id)));
        foreach (var name in new[] { AuditNames.SignInSucceeded, AuditNames.SessionCreated })
        {
            Assert.Equal(sessions, (await portal.AuditAsync(name)).Count(e => e.SubjectId == user.Id));
        }
    }
}
