using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Calls that change nothing, on one portal for all of them.</summary>
public sealed class AdminApiInputTests(AdminApiInputTests.World world) : IClassFixture<AdminApiInputTests.World>
{
    [Theory]
    [InlineData("/api/admin/sessions?cursor=nonsense")]
    [InlineData("/api/admin/audit?cursor=nonsense")]
    [InlineData("/api/admin/audit?cursor=-1")]
    [InlineData("/api/admin/audit?limit=0")]
    [InlineData("/api/admin/audit?limit=201")]
    [InlineData("/api/admin/sessions?limit=many")]
    public async Task A_malformed_page_is_refused(string path) => Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(world.Admin.GetAsync(path)));

    [Theory]
    [InlineData("limit", "0")]
    [InlineData("limit", "-1")]
    [InlineData("limit", "1e9")]
    [InlineData("limit", "1000000000")]
    [InlineData("limit", "2.5")]
    [InlineData("limit", "\"many\"")]
    [InlineData("limit", "null")]
    [InlineData("limit", "[3]")]
    [InlineData("whenFull", "\"maybe\"")]
    [InlineData("whenFull", "7")]
    [InlineData("idleTimeout", "\"30\"")]
    [InlineData("idleTimeout", "\"-00:30:00\"")]
    [InlineData("idleTimeout", "\"00:00:00\"")]
    [InlineData("absoluteLifetime", "\"00:10:00\"")]
    [InlineData("absoluteLifetime", "null")]
    [InlineData("rememberMe", "null")]
    [InlineData("rememberMe", "{\"allowed\":true}")]
    [InlineData("enforce", "\"perhaps\"")]
    public async Task A_policy_that_makes_no_sense_is_refused_with_a_sentence(string key, string value)
    {
        using var answer = await PolicyCalls.PutAsync(world.Admin, "User", PolicyCalls.Body(key, JsonNode.Parse(value)));
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.EndsWith(".", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Empty(await world.Portal.AuditAsync(AuditNames.SessionLimitChanged));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("3")]
    [InlineData("{}")]
    public async Task A_body_that_is_no_policy_is_refused(string body) => Assert.Equal(HttpStatusCode.BadRequest, await PutAsync("User", body));

    [Fact]
    public async Task An_unknown_role_is_not_found()
    {
        Assert.Equal(HttpStatusCode.NotFound, await PutAsync("Boss", PolicyCalls.Body("limit", 1)));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(world.Admin.GetAsync("/api/admin/roles/Boss/policy")));
    }

    private static async Task<HttpStatusCode> StatusAsync(Task<HttpResponseMessage> call)
    {
        using var answer = await call;
        return answer.StatusCode;
    }

    private Task<HttpStatusCode> PutAsync(string role, string body) => StatusAsync(PolicyCalls.PutAsync(world.Admin, role, body));

    public sealed class World : IAsyncLifetime
    {
        public PortalFactory Portal { get; } = new();

        public Visitor Admin { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Portal.AddUserAsync("root@example.com", Roles.Admin);
            Admin = Portal.NewVisitor();
            await Admin.SignInAsync("root@example.com");
        }

        public async ValueTask DisposeAsync()
        {
            Admin.Dispose();
            await Portal.DisposeAsync();
        }
    }
}
