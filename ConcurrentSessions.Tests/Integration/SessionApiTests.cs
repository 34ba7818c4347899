using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class SessionApiTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private Visitor laptop = null!;

    public async ValueTask InitializeAsync()
    {
        await portal.AddUserAsync("ada@example.com");
        laptop = await SignedInAsync("ada@example.com");
    }

    public async ValueTask DisposeAsync()
    {
        laptop.Dispose();
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task The_own_session_says_who_and_until_when_in_utc()
    {
        var session = await laptop.JsonAsync<JsonElement>("/api/session");
        Assert.Equal(["expiresAt", "id", "idleExpiresAt", "lastActiveAt", "roles", "signedInAt", "user"], Names(session));
        Assert.Equal("ada@example.com", session.GetProperty("user").GetProperty("email").GetString());
        Assert.Equal([Roles.User], session.GetProperty("roles").EnumerateArray().Select(r => r.GetString()!));
        Assert.Equal(In(TimeSpan.Zero), session.GetProperty("signedInAt").GetString());
        Assert.Equal(In(TimeSpan.FromMinutes(30)), session.GetProperty("idleExpiresAt").GetString());
        Assert.Equal(In(TimeSpan.FromHours(12)), session.GetProperty("expiresAt").GetString());
        string In(TimeSpan later) => (portal.Clock.GetUtcNow() + later).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_list_has_what_a_person_recognises_and_no_secret()
    {
        using var phone = await SignedInAsync("ada@example.com", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1");
        var sessions = (await laptop.JsonAsync<JsonElement>("/api/sessions")).EnumerateArray().ToList();
        var (current, other) = (sessions.Single(s => s.GetProperty("current").GetBoolean()), sessions.Single(s => !s.GetProperty("current").GetBoolean()));
        Assert.Equal(
            ["current", "device", "expiresAt", "id", "idleExpiresAt", "ipAddress", "lastActiveAt", "location", "method", "signedInAt"], Names(current));
        Assert.Equal(["browser", "name", "os", "type"], Names(current.GetProperty("device")));
        Assert.Equal(["city", "country", "region"], Names(current.GetProperty("location")));
        Assert.Equal(("203.0.113.7", "password"), (current.GetProperty("ipAddress").GetString(), current.GetProperty("method").GetString()));
        Assert.Equal("phone", other.GetProperty("device").GetProperty("type").GetString());
    }

    [Fact]
    public async Task One_other_session_is_ended_once()
    {
        using var phone = await SignedInAsync("ada@example.com");
        var path = $"/api/sessions/{await IdAsync(phone)}";
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(laptop.DeleteAsync(path)));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(laptop.DeleteAsync(path)));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(phone.GetAsync("/api/session")));
        Assert.Equal(nameof(EndReason.Revoked), Assert.Single(await portal.AuditAsync(AuditNames.SessionEnded)).Reason);
    }

    [Fact]
    public async Task Ending_the_own_session_signs_out()
    {
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(laptop.DeleteAsync($"/api/sessions/{await IdAsync(laptop)}")));
        Assert.False(await laptop.IsSignedInAsync());
        Assert.Equal(nameof(EndReason.SignedOut), Assert.Single(await portal.AuditAsync(AuditNames.SessionEnded)).Reason);
    }

    [Fact]
    public async Task Somebody_elses_session_and_a_malformed_id_are_not_found()
    {
        await portal.AddUserAsync("bob@example.com");
        using var bob = await SignedInAsync("bob@example.com");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(laptop.DeleteAsync($"/api/sessions/{await IdAsync(bob)}")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(laptop.DeleteAsync("/api/sessions/nonsense")));
        Assert.True(await bob.IsSignedInAsync());
    }

    [Fact]
    public async Task All_others_are_ended_and_counted()
    {
        using var phone = await SignedInAsync("ada@example.com");
        using var tablet = await SignedInAsync("ada@example.com");
        using var answer = await laptop.DeleteAsync("/api/sessions");
        Assert.Equal(2, (await JsonAsync(answer)).GetProperty("ended").GetInt32());
        Assert.Equal((true, false, false), (await laptop.IsSignedInAsync(), await phone.IsSignedInAsync(), await tablet.IsSignedInAsync()));
    }

    [Fact]
    public async Task Ending_all_others_needs_a_proof_of_the_last_five_minutes()
    {
        using var phone = await SignedInAsync("ada@example.com");
        portal.Clock.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        using var answer = await laptop.DeleteAsync("/api/sessions");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("/problems/fresh-proof-required", (await JsonAsync(answer)).GetProperty("type").GetString());
        Assert.True(await phone.IsSignedInAsync());
    }

    [Fact]
    public async Task Activity_keeps_an_idle_session_alive()
    {
        portal.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(HttpStatusCode.NoContent, await StatusAsync(SendAsync(HttpMethod.Post, "/api/session/activity", "same-origin")));
        portal.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.True(await laptop.IsSignedInAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public async Task A_change_that_does_not_come_from_the_portal_is_refused(string? site)
    {
        using var answer = await SendAsync(HttpMethod.Delete, $"/api/sessions/{await IdAsync(laptop)}", site);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.True(await laptop.IsSignedInAsync());
    }

    [Theory]
    [InlineData("GET", "/api/session", HttpStatusCode.Unauthorized)]
    [InlineData("DELETE", "/api/sessions", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/api/admin/audit", HttpStatusCode.Unauthorized)]
    [InlineData("PUT", "/api/sessions", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/api/nothing", HttpStatusCode.NotFound)]
    public async Task Strangers_get_problems_and_never_a_page(string method, string path, HttpStatusCode expected)
    {
        using var stranger = portal.NewVisitor();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await stranger.SendAsync(request);
        Assert.Equal((expected, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task The_document_describes_the_api_and_nothing_else_to_who_is_signed_in()
    {
        using var stranger = portal.NewVisitor();
        var paths = Names((await laptop.JsonAsync<JsonElement>("/openapi/v1.json")).GetProperty("paths"));
        Assert.NotEqual(HttpStatusCode.OK, await StatusAsync(stranger.GetAsync("/openapi/v1.json")));
        Assert.Equal(
            ["/api/admin/audit", "/api/admin/audit/export", "/api/admin/roles/{role}/policy", "/api/admin/sessions", "/api/admin/sessions/{id}", "/api/admin/users/{id}/sessions",
                "/api/session", "/api/session/activity", "/api/sessions", "/api/sessions/{id}"], paths);
    }

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal)];

    private static Task<JsonElement> JsonAsync(HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>();

    private static async Task<Guid> IdAsync(Visitor visitor) => (await visitor.JsonAsync<JsonElement>("/api/session")).GetProperty("id").GetGuid();

    private static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> call)
    {
        using var answer = await call;
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? site)
    {
        using var request = new HttpRequestMessage(method, path);
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        return await laptop.SendAsync(request);
    }

    private async Task<Visitor> SignedInAsync(string email, string? userAgent = null)
    {
        var visitor = portal.NewVisitor(userAgent: userAgent);
        await visitor.SignInAsync(email);
        Assert.True(await visitor.IsSignedInAsync());
        return visitor;
    }
}
