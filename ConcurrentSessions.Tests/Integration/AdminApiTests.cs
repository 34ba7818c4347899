using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class AdminApiTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private Visitor admin = null!;
    private Visitor ada = null!;

    public async ValueTask InitializeAsync()
    {
        await portal.AddUserAsync("root@example.com", Roles.Admin);
        await portal.AddUserAsync("ada@example.com");
        (admin, ada) = (await SignedInAsync("root@example.com"), await SignedInAsync("ada@example.com"));
    }

    public async ValueTask DisposeAsync()
    {
        admin.Dispose();
        ada.Dispose();
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task A_user_is_refused_with_a_problem_and_it_is_audited()
    {
        using var answer = await ada.GetAsync("/api/admin/sessions");
        Assert.Equal((HttpStatusCode.Forbidden, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Single(await portal.AuditAsync(AuditNames.AccessRefused));
    }

    [Fact]
    public async Task Everybodys_sessions_come_page_by_page_each_once()
    {
        for (var i = 0; i < 2; i++)
        {
            portal.Clock.Advance(TimeSpan.FromSeconds(1));
            (await SignedInAsync("ada@example.com")).Dispose();
        }

        var pages = await PagesAsync("/api/admin/sessions?limit=3", "id");
        var all = (await portal.ActiveSessionsAsync("ada@example.com")).Concat(await portal.ActiveSessionsAsync("root@example.com"));
        Assert.Equal([3, 1], pages.Select(p => p.Count));
        Assert.Equal(all.Select(s => $"{s.Id}").Order(), pages.SelectMany(p => p).Order());
    }

    [Fact]
    public async Task The_trail_comes_page_by_page_newest_first()
    {
        var pages = await PagesAsync("/api/admin/audit?limit=2", "sequence");
        var all = (await portal.AuditAsync()).Select(e => $"{e.Sequence}").Reverse();
        Assert.Equal(all, pages.SelectMany(p => p));
    }

    [Fact]
    [Trait("Check", "S44")]
    public async Task One_session_of_a_user_is_ended_once()
    {
        var path = $"/api/admin/sessions/{Assert.Single(await portal.ActiveSessionsAsync("ada@example.com")).Id}";
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(admin.DeleteAsync(path)));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(admin.DeleteAsync(path)));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(admin.DeleteAsync("/api/admin/sessions/nonsense")));
        Assert.False(await ada.IsSignedInAsync());
        Assert.Equal(nameof(EndReason.RevokedByAdministrator), Assert.Single(await portal.AuditAsync(AuditNames.SessionEnded)).Reason);
    }

    [Fact]
    [Trait("Check", "S44")]
    public async Task All_sessions_of_a_user_are_ended_and_counted()
    {
        using var answer = await admin.DeleteAsync($"/api/admin/users/{(await portal.UserAsync("ada@example.com")).Id}/sessions");
        var ended = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(1, ended.GetProperty("ended").GetInt32());
        Assert.False(await ada.IsSignedInAsync());
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(admin.DeleteAsync("/api/admin/users/nobody/sessions")));
    }

    [Fact]
    public async Task A_policy_is_read_changed_and_read_back()
    {
        var policy = (await admin.JsonAsync<JsonObject>("/api/admin/roles/user/policy"))!;
        Assert.Equal((3, "ask", "00:30:00", true), (policy["limit"]!.GetValue<int>(), (string?)policy["whenFull"], (string?)policy["idleTimeout"], (bool)policy["isDefault"]!));
        (policy["limit"], policy["whenFull"]) = ("unlimited", "EvictLeastRecent");
        policy["rememberMe"]!["idleTimeout"] = "7.00:00:00";
        Assert.Equal(HttpStatusCode.OK, await PutAsync("User", policy.ToJsonString()));
        var changed = (await admin.JsonAsync<JsonObject>("/api/admin/roles/User/policy"))!;
        Assert.Equal(("unlimited", "evict", false), ((string?)changed["limit"], (string?)changed["whenFull"], (bool)changed["isDefault"]!));
        Assert.Equal("7.00:00:00", (string?)changed["rememberMe"]!["idleTimeout"]);
    }

    [Fact]
    public async Task A_lower_limit_may_be_enforced_now()
    {
        portal.Clock.Advance(TimeSpan.FromMinutes(1));
        using var phone = await SignedInAsync("ada@example.com");
        Assert.Equal(HttpStatusCode.OK, await PutAsync("User", PolicyCalls.Body("limit", 1, enforce: "now")));
        Assert.Equal((false, true), (await ada.IsSignedInAsync(), await phone.IsSignedInAsync()));
    }

    private static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> call)
    {
        using var answer = await call;
        return answer.StatusCode;
    }

    private Task<HttpStatusCode> PutAsync(string role, string body) => StatusAsync(PolicyCalls.PutAsync(admin, role, body));

    private async Task<List<List<string>>> PagesAsync(string path, string key)
    {
        var pages = new List<List<string>>();
        string? cursor = "";
        do
        {
            var page = await admin.JsonAsync<JsonElement>($"{path}&cursor={cursor}");
            pages.Add([.. page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty(key).ToString())]);
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);

        return pages;
    }

    private async Task<Visitor> SignedInAsync(string email)
    {
        var visitor = portal.NewVisitor();
        await visitor.SignInAsync(email);
        Assert.True(await visitor.IsSignedInAsync());
        return visitor;
    }
}
