using System.Net;
using System.Text.Json;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Users;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Nobody reaches what is not theirs, and a changed role is in force at once.</summary>
public sealed class AccessTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;
    private PortalUser boss = null!;

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync("ada@portal.example");
        boss = await portal.AddUserAsync("boss@portal.example", Roles.Admin);
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    [Trait("Check", "S09")]
    public async Task Anothers_session_is_not_found_like_one_that_never_was()
    {
        using var mine = portal.NewVisitor();
        using var theirs = portal.NewVisitor();
        await mine.SignInAsync(ada.Email!);
        await theirs.SignInAsync(boss.Email!);
        var foreign = (await theirs.JsonAsync<JsonElement>("/api/session")).GetProperty("id").GetString();
        var answers = new List<string>();
        foreach (var id in new[] { foreign, Guid.NewGuid().ToString(), "nonsense" })
        {
            using var answer = await mine.DeleteAsync($"/api/sessions/{id}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            answers.Add(System.Text.RegularExpressions.Regex.Replace(await answer.Content.ReadAsStringAsync(), "\"traceId\":\"[^\"]+\"", ""));
        }

        Assert.Equal(answers[0], answers[1]);
        Assert.True(await theirs.IsSignedInAsync());
    }

    [Theory]
    [Trait("Check", "S09")]
    [InlineData("/admin")]
    [InlineData("/admin/users")]
    [InlineData("/admin/roles")]
    [InlineData("/admin/audit")]
    [InlineData("/admin/sessions")]
    [InlineData("/api/admin/sessions")]
    [InlineData("/api/admin/audit")]
    public async Task The_panel_is_closed_to_users_and_the_attempt_is_written_down(string path)
    {
        using var user = portal.NewVisitor();
        await user.SignInAsync(ada.Email!);
        using var refused = await user.GetAsync(path);
        Assert.Equal(path.StartsWith("/api", StringComparison.Ordinal) ? HttpStatusCode.Forbidden : HttpStatusCode.Found, refused.StatusCode);
        Assert.EndsWith($": GET {path}", Assert.Single(await portal.AuditAsync(AuditNames.AccessRefused)).Reason, StringComparison.Ordinal);
        using var stranger = portal.NewVisitor();
        using var sentAway = await stranger.GetAsync(path);
        Assert.Contains(sentAway.StatusCode, new[] { HttpStatusCode.Found, HttpStatusCode.Unauthorized });
    }

    [Fact]
    [Trait("Check", "S08")]
    public async Task A_demoted_administrator_is_refused_at_the_next_request_and_a_new_one_let_in()
    {
        var second = await portal.AddUserAsync("second@portal.example", Roles.Admin);
        using var admin = portal.NewVisitor();
        await admin.SignInAsync(second.Email!);
        using (var before = await admin.GetAsync("/api/admin/audit"))
        {
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        }

        var administration = portal.Services.GetRequiredService<UserAdministration>();
        await administration.RevokeRoleAsync(second.Id, Roles.Admin, await SignedInBossAsync(), default);
        using (var after = await admin.GetAsync("/api/admin/audit"))
        {
            Assert.Equal(HttpStatusCode.Forbidden, after.StatusCode);
        }

        await administration.GrantRoleAsync(second.Id, Roles.Admin, await SignedInBossAsync(), default);
        using var again = await admin.GetAsync("/api/admin/audit");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    private async Task<Actor> SignedInBossAsync()
    {
        using var desk = portal.NewVisitor();
        await desk.SignInAsync(boss.Email!);
        return Actor.Person(boss.Id, (await portal.ActiveSessionsAsync(boss.Email!))[0].Id.Value, "203.0.113.7");
    }
}
