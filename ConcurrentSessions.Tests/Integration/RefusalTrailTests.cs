using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What the portal turns away is on the record, once each, and no flood of it fills the record (ASVS 16.3.2, 16.3.3).</summary>
[Trait("Check", "S26")]
public sealed class RefusalTrailTests : IAsyncLifetime
{
    private const string Evil = "https://evil.example";

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;
    private Visitor visitor = null!;

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync("ada@portal.example");
        visitor = portal.NewVisitor("198.51.100.9");
        await visitor.SignInAsync(ada.Email!);
    }

    public async ValueTask DisposeAsync()
    {
        visitor.Dispose();
        await portal.DisposeAsync();
    }

    [Fact]
    [Trait("Check", "S17")]
    public async Task A_circuit_for_a_foreign_page()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(HttpMethod.Post, "/_blazor/negotiate?secret=1", Evil)).StatusCode);
        var reason = await RefusedAsync(AuditNames.ForeignOrigin);
        Assert.Equal($"a circuit for a foreign page: POST /_blazor/negotiate from {Evil}", reason);
    }

    [Fact]
    [Trait("Check", "S16")]
    public async Task A_call_of_a_foreign_page()
    {
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(HttpMethod.Delete, "/api/sessions/1", Evil)).StatusCode);
        Assert.EndsWith($": DELETE /api/sessions/1 from {Evil}", await RefusedAsync(AuditNames.ForeignOrigin), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S16")]
    public async Task A_form_without_its_token()
    {
        using var answer = await visitor.PostAsync("/Account/Manage/ChangePassword?code=secret", ("_handler", "change-password"), ("Input.OldPassword", "a typed password"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("a form without a valid antiforgery token: POST /Account/Manage/ChangePassword", await RefusedAsync(AuditNames.FormRefused));
    }

    [Fact]
    [Trait("Check", "S09")]
    public async Task Somebody_elses_session_and_passkey_but_not_what_never_was()
    {
        await portal.AddUserAsync("grace@portal.example");
        using var grace = portal.NewVisitor();
        using var key = new SoftwareKey();
        await grace.SignInAsync("grace@portal.example");
        await grace.AddPasskeyAsync(key);
        var hers = Assert.Single(await portal.ActiveSessionsAsync("grace@portal.example")).Id;
        using var never = await visitor.DeleteAsync($"/api/sessions/{Guid.NewGuid()}");
        using var another = await visitor.DeleteAsync($"/api/sessions/{hers}");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (never.StatusCode, another.StatusCode));
        Assert.Equal($"somebody else's session: DELETE /api/sessions/{hers}", await RefusedAsync(AuditNames.ForeignObject));

        var passkey = await portal.AsIdentityAsync(async users => await users.GetPasskeysAsync((await users.FindByEmailAsync("grace@portal.example"))!));
        var id = System.Buffers.Text.Base64Url.EncodeToString(Assert.Single(passkey).CredentialId);
        await visitor.GetAsync("/Account/Manage/RenamePasskey/AAAA");
        await visitor.GetAsync($"/Account/Manage/RenamePasskey/{id}");
        Assert.Equal(2, (await portal.AuditAsync(AuditNames.ForeignObject)).Count);
    }

    [Fact]
    [Trait("Check", "S56")]
    public async Task Too_many_forms_of_a_network()
    {
        await using var strict = new PortalFactory().With("Portal:PostsPerMinute", "60");
        using var flooder = strict.NewVisitor();
        for (var i = 0; i < 80; i++)
        {
            await flooder.PostAsync("/Account/Login");
        }

        var noted = await strict.AuditAsync(AuditNames.TooManyRequests);
        Assert.InRange(noted.Count, 1, RefusalTrail.OfOneNetwork);
        Assert.All(noted, e => Assert.Equal((ActorKind.Visitor, "203.0.113.7", "too many forms from one network: POST /Account/Login"), (e.ActorKind, e.IpAddress, e.Reason)));
    }

    [Fact]
    [Trait("Check", "S56")]
    public async Task A_flood_is_noted_a_few_times_for_each_network_and_kind()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AskAsync(HttpMethod.Delete, "/api/sessions", Evil)));
        using var neighbour = portal.NewVisitor("198.51.100.200");
        await neighbour.SignInAsync(ada.Email!);
        await neighbour.SendAsync(Request(HttpMethod.Delete, "/api/sessions", Evil));
        Assert.Equal(RefusalTrail.OfOneNetwork, (await portal.AuditAsync(AuditNames.ForeignOrigin)).Count);

        using var form = await visitor.PostAsync("/Account/Logout", ("returnUrl", "/"));
        Assert.Equal(HttpStatusCode.BadRequest, form.StatusCode);
        Assert.Single(await portal.AuditAsync(AuditNames.FormRefused));
        using var elsewhere = portal.NewVisitor("198.51.101.1");
        await elsewhere.SignInAsync(ada.Email!);
        await elsewhere.SendAsync(Request(HttpMethod.Delete, "/api/sessions", Evil));
        Assert.Equal(RefusalTrail.OfOneNetwork + 1, (await portal.AuditAsync(AuditNames.ForeignOrigin)).Count);
    }

    [Fact]
    public async Task Words_of_the_refused_are_cut_and_cleaned()
    {
        await AskAsync(HttpMethod.Delete, "/api/sessions", $"https://“evil”.example/{new string('x', 2000)}");
        var reason = await RefusedAsync(AuditNames.ForeignOrigin);
        Assert.InRange(reason.Length, 300, 400);
        Assert.All(reason, c => Assert.InRange(c, ' ', '~'));
    }

    [Fact]
    public async Task A_trail_that_cannot_be_written_changes_no_answer()
    {
        await portal.ByHandAsync("ALTER TABLE \"AuditEvents\" RENAME TO \"Gone\"");
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(HttpMethod.Delete, "/api/sessions", Evil)).StatusCode);
        using var forbidden = await visitor.GetAsync("/api/admin/audit");
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        await portal.ByHandAsync("ALTER TABLE \"Gone\" RENAME TO \"AuditEvents\"");
    }

    private async Task<string> RefusedAsync(string name)
    {
        var refused = Assert.Single(await portal.AuditAsync(name));
        Assert.Equal((AuditOutcome.Refused, ada.Id, "198.51.100.9"), (refused.Outcome, refused.ActorId, refused.IpAddress));
        Assert.NotNull(refused.ActorSessionId);
        return refused.Reason!;
    }

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, string origin) => await visitor.SendAsync(Request(method, path, origin));

    private static HttpRequestMessage Request(HttpMethod method, string path, string origin)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        return request;
    }
}
