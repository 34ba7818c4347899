using System.Net;
using System.Reflection;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>An auditor sees the whole panel and changes nothing of it.</summary>
[Trait("Check", "S09")]
public sealed class AuditorTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;
    private Visitor auditor = null!;
    private Visitor administrator = null!;
    private Actor eve = null!;

    /// <summary>Every act of the panel on a user, by the name of its method: a new one must be added here.</summary>
    private static readonly Dictionary<string, Func<UserAdministration, string, SessionId, Actor, Task<AdministrationResult>>> Acts = new()
    {
        [nameof(UserAdministration.DisableAsync)] = (a, user, _, by) => a.DisableAsync(user, by, default),
        [nameof(UserAdministration.ForcePasswordResetAsync)] = (a, user, _, by) => a.ForcePasswordResetAsync(user, by, default),
        [nameof(UserAdministration.RemoveSecondFactorAsync)] = (a, user, _, by) => a.RemoveSecondFactorAsync(user, by, default),
        [nameof(UserAdministration.EnableAsync)] = (a, user, _, by) => a.EnableAsync(user, by, default),
        [nameof(UserAdministration.GrantRoleAsync)] = (a, user, _, by) => a.GrantRoleAsync(user, Roles.Admin, by, default),
        [nameof(UserAdministration.RevokeRoleAsync)] = (a, user, _, by) => a.RevokeRoleAsync(user, Roles.User, by, default),
        [nameof(UserAdministration.ChangeLimitAsync)] = (a, user, _, by) => a.ChangeLimitAsync(user, new UserLimit { UserId = user, Seats = 1 }, true, by, default),
        [nameof(UserAdministration.ChangeRoleAsync)] = async (a, _, _, by) => (await a.ChangeRoleAsync(Roles.User, new SessionSettings().Rules(), true, by, default)).Result,
        [nameof(UserAdministration.EndSessionAsync)] = (a, user, session, by) => a.EndSessionAsync(user, session, by, default),
        [nameof(UserAdministration.EndMatchingAsync)] = async (a, _, _, by) => (await a.EndMatchingAsync(new SessionFilter(), default, _ => { }, by, default)).Result,
        [nameof(UserAdministration.EndAllSessionsAsync)] = async (a, user, _, by) => (await a.EndAllSessionsAsync(user, by, default)).Result,
    };

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync("ada@portal.example");
        using var visitor = portal.NewVisitor();
        await visitor.SignInAsync(ada.Email!);
        (auditor, administrator) = (await SignedInAsync("eve@portal.example", Roles.Auditor), await SignedInAsync("root@portal.example", Roles.Admin));
        var session = (await portal.ActiveSessionsAsync("eve@portal.example"))[0];
        eve = Actor.Person(session.UserId, session.Id.Value, "203.0.113.7");
    }

    public async ValueTask DisposeAsync()
    {
        auditor.Dispose();
        administrator.Dispose();
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task Every_page_of_the_panel_opens_and_none_offers_a_change()
    {
        string[] pages = ["/admin", "/admin/sessions", "/admin/users", $"/admin/users/{ada.Id}", "/admin/roles", "/admin/audit"];
        string[] offers = ["Sign out everywhere", ">Disable<", "Edit role", "Save limit", "Sign out ada"];
        var (seen, offered) = ("", "");
        foreach (var page in pages)
        {
            using var answer = await auditor.GetAsync(page);
            Assert.Equal((page, HttpStatusCode.OK), (page, answer.StatusCode));
            seen += await answer.Content.ReadAsStringAsync();
            offered += await (await administrator.GetAsync(page)).Content.ReadAsStringAsync();
        }

        Assert.All(offers, offer => Assert.Contains(offer, offered, StringComparison.Ordinal));
        Assert.All(offers, offer => Assert.DoesNotContain(offer, seen, StringComparison.Ordinal));
        Assert.Contains("/api/admin/audit/export?format=csv", seen, StringComparison.Ordinal);
        Assert.Contains("href=\"/admin\"", await (await auditor.GetAsync("/sessions")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_call_of_the_API_that_changes_something_asks_for_an_administrator()
    {
        var calls = portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.RoutePattern.RawText!.TrimStart('/').StartsWith("api/admin/", StringComparison.OrdinalIgnoreCase))
            .SelectMany(e => e.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(m => (Method: m, e.RoutePattern.RawText, Endpoint: e)))
            .Where(c => c.Method != HttpMethods.Get).ToList();
        Assert.True(calls.Count >= 3);
        foreach (var (method, route, endpoint) in calls)
        {
            Assert.Contains(endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>(), a => a.Policy == "Administer");
            using var request = new HttpRequestMessage(new(method), route!.Replace("{id}", ada.Id, StringComparison.Ordinal).Replace("{role}", Roles.User, StringComparison.Ordinal));
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
            using var answer = await auditor.SendAsync(request);
            Assert.Equal((route, HttpStatusCode.Forbidden), (route, answer.StatusCode));
        }

        Assert.Equal(calls.Count, (await portal.AuditAsync(AuditNames.AccessRefused)).Count(e => e.ActorId == eve.UserId));
        Assert.Single(await portal.ActiveSessionsAsync(ada.Email!));
    }

    [Fact]
    public async Task Every_act_of_the_panel_is_refused_and_the_refusal_is_written_down()
    {
        var methods = typeof(UserAdministration).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Select(m => m.Name).Where(n => !n.StartsWith("Preview", StringComparison.Ordinal)); // looking at what would end is for auditors too
        Assert.Equal(methods.Distinct().Order(), Acts.Keys.Order());
        var administration = portal.Services.GetRequiredService<UserAdministration>();
        var session = (await portal.ActiveSessionsAsync(ada.Email!))[0].Id;
        var before = await StateAsync();
        foreach (var (name, act) in Acts)
        {
            Assert.Equal((name, AdministrationResult.LooksOnly), (name, await act(administration, ada.Id, session, eve)));
        }

        Assert.Equal(before, await StateAsync());
        Assert.Equal(Acts.Count, (await portal.AuditAsync(AuditNames.AccessRefused)).Count(e => e is { Outcome: AuditOutcome.Refused, Reason: "an auditor changes nothing" }));
    }

    [Theory]
    [Trait("Check", "S43")]
    [InlineData("csv", "text/csv")]
    [InlineData("jsonl", "application/x-ndjson")]
    public async Task An_auditor_takes_the_whole_trail_along_as_a_file_and_that_is_written_down(string format, string type)
    {
        using var answer = await auditor.GetAsync($"/api/admin/audit/export?format={format}");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.EndsWith("." + format, answer.Content.Headers.ContentDisposition.FileName!.Trim('"'), StringComparison.Ordinal);
        Assert.Equal(["nosniff"], answer.Headers.GetValues("X-Content-Type-Options"));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Contains(AuditNames.SignInSucceeded, text, StringComparison.Ordinal);
        Assert.Equal(eve.UserId, Assert.Single(await portal.AuditAsync(AuditNames.SensitiveRead)).ActorId);
        if (format == "jsonl")
        {
            var alone = await StandAloneCheck.RunAsync(portal, text.Split('\n', StringSplitOptions.RemoveEmptyEntries), portal.Database.CheckpointFile);
            Assert.True(alone.Code == 0, alone.Answer);
        }
    }

    [Fact]
    [Trait("Check", "S43")]
    public async Task Nobody_else_takes_it_along()
    {
        using var user = await SignedInAsync("bob@portal.example", Roles.User);
        using var nobody = portal.NewVisitor();
        Assert.Equal(HttpStatusCode.Forbidden, (await user.GetAsync("/api/admin/audit/export?format=csv")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await nobody.GetAsync("/api/admin/audit/export?format=csv")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await auditor.GetAsync("/api/admin/audit/export?format=xml")).StatusCode);
        Assert.Empty(await portal.AuditAsync(AuditNames.SensitiveRead));
    }

    [Theory]
    [InlineData("name=authn_login_success&user={ada}", true)]
    [InlineData("actor={ada}", true)]
    [InlineData("actor={eve}&user={ada}", false)]
    [InlineData("outcome=succeeded&text=FIREFOX&user={ada}", true)]
    [InlineData("outcome=failed&user={ada}", false)]
    [InlineData("text=198.51.100&user={ada}", false)]
    [InlineData("text={session}", true)]
    [InlineData("from={today}&until={tomorrow}&user={ada}", true)]
    [InlineData("from={tomorrow}&user={ada}", false)]
    [InlineData("until={today}&user={ada}", false)]
    public async Task The_trail_is_searched(string query, bool found)
    {
        var now = portal.Clock.GetUtcNow();
        var session = (await portal.ActiveSessionsAsync(ada.Email!))[0].Id;
        var filled = query.Replace("{ada}", ada.Id, StringComparison.Ordinal).Replace("{eve}", eve.UserId, StringComparison.Ordinal)
            .Replace("{session}", $"{session}", StringComparison.Ordinal)
            .Replace("{today}", $"{now:yyyy-MM-dd}", StringComparison.Ordinal).Replace("{tomorrow}", $"{now.AddDays(1):yyyy-MM-dd}", StringComparison.Ordinal);
        var page = await auditor.JsonAsync<Web.Api.Page<Web.Api.AuditJson>>("/api/admin/audit?" + filled);
        Assert.Equal(found, page!.Items.Count > 0);
        Assert.All(page.Items, e => Assert.True(e.Number > 0));
    }

    [Theory]
    [InlineData("from=yesterday", "from must be")]
    [InlineData("until=32.13.", "until must be")]
    [InlineData("outcome=9", "outcome must be")]
    public async Task What_cannot_be_searched_for_is_said(string query, string sentence)
    {
        using var answer = await auditor.GetAsync("/api/admin/audit?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(sentence, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<string> StateAsync() => portal.InDatabaseAsync(async db =>
        $"{await db.Sessions.CountAsync(s => s.EndedAt == null)} {await db.UserRoles.CountAsync()} {await db.UserLimits.CountAsync()} {await db.Users.CountAsync(u => u.DisabledAt != null)}");

    private async Task<Visitor> SignedInAsync(string email, string role)
    {
        await portal.AddUserAsync(email, role);
        var visitor = portal.NewVisitor();
        await visitor.SignInAsync(email);
        return visitor;
    }
}
