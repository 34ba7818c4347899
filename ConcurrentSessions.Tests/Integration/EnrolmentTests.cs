using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Whose role requires a second factor and who has none can do nothing but set one up (ASVS 6.3.3).</summary>
[Trait("Check", "S12")]
public sealed class EnrolmentTests : IAsyncLifetime
{
    private const string Root = "root@portal.example";
    private const string Ada = "ada@portal.example";
    private const string Page = "/Account/SecondFactor";

    private readonly PortalFactory portal = new();
    private PortalUser root = null!;

    public async ValueTask InitializeAsync()
    {
        root = await portal.AddUserAsync(Root, Roles.Admin, Roles.User);
        await portal.AddUserAsync(Ada);
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [InlineData("/")]
    [InlineData("/sessions")]
    [InlineData("/sessions/history")]
    [InlineData("/admin")]
    [InlineData("/admin/roles")]
    [InlineData("/Account/Manage")]
    [InlineData("/Account/Manage/Email")]
    [InlineData("/Account/Manage/ChangePassword")]
    [InlineData("/Account/Manage/TwoFactorAuthentication")]
    [InlineData("/Account/Manage/PersonalData")]
    [InlineData("/Account/Login")]
    [InlineData("/openapi/v1.json")]
    [InlineData("/nowhere")]
    public async Task A_page_leads_to_the_one_where_a_second_factor_is_set_up(string path)
    {
        using var laptop = await portal.MustEnrolAsync(Root);
        using var answer = await laptop.GetAsync(path);
        Assert.Equal((HttpStatusCode.Found, Page), (answer.StatusCode, answer.Headers.Location?.PathAndQuery()));
    }

    [Theory]
    [InlineData("/Account/Manage/DownloadPersonalData")]
    [InlineData("/Account/Manage/Disable2fa")]
    [InlineData("/Account/PasskeyRequestOptions")]
    public async Task A_post_to_anything_else_does_nothing(string path)
    {
        using var laptop = await portal.MustEnrolAsync(Root);
        var form = await laptop.OpenFormAsync("/Account/Manage/EnableAuthenticator", "enable-authenticator");
        using var answer = await laptop.PostAsync(path, form);
        Assert.Equal((HttpStatusCode.Found, Page), (answer.StatusCode, answer.Headers.Location?.PathAndQuery()));
    }

    [Fact]
    public async Task The_api_says_what_is_missing_and_a_circuit_is_not_opened()
    {
        using var laptop = await portal.MustEnrolAsync(Root);
        foreach (var path in new[] { "/api/session", "/api/sessions", "/api/admin/sessions", "/api/nothing" })
        {
            using var answer = await laptop.GetAsync(path);
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            Assert.Equal(
                (HttpStatusCode.Forbidden, "application/problem+json", "/problems/second-factor-required"),
                (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, problem.GetProperty("type").GetString()));
        }

        using var change = await laptop.DeleteAsync("/api/sessions");
        Assert.Equal(HttpStatusCode.Forbidden, change.StatusCode);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1");
        request.Headers.Add("Origin", "https://localhost");
        using var circuit = await laptop.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, circuit.StatusCode);
    }

    [Theory]
    [InlineData("/Account/SecondFactor", "Your role requires a second factor")]
    [InlineData("/Account/Manage/EnableAuthenticator", "Set up an authenticator app")]
    [InlineData("/Account/Manage/Passkeys", "Add a passkey")]
    [InlineData("/app.css", "{")]
    [InlineData("/theme.css", "{")]
    public async Task What_is_needed_to_set_one_up_is_open(string path, string shown)
    {
        using var laptop = await portal.MustEnrolAsync(Root);
        using var answer = await laptop.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(shown, text, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/Account/Manage/Email\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_and_the_theme_are_open_too()
    {
        using var laptop = await portal.MustEnrolAsync(Root);
        var form = await laptop.OpenFormAsync("/Account/Manage/EnableAuthenticator", "enable-authenticator");
        using var theme = await laptop.PostAsync("/Account/Theme", [.. form, ("theme", "dark"), ("returnUrl", Page)]);
        Assert.Equal(Page, theme.Headers.Location!.PathAndQuery());
        await laptop.PostAsync("/Account/Logout", [.. form, ("returnUrl", "/")]);
        Assert.Empty(await portal.ActiveSessionsAsync(Root));
    }

    [Fact]
    public async Task An_authenticator_app_opens_everything_at_once_in_the_session_that_set_it_up()
    {
        using var laptop = await portal.MustEnrolAsync(Root);
        var session = Assert.Single(await portal.ActiveSessionsAsync(Root)).Id;
        await portal.TurnOnAsync(laptop, root.Id);
        foreach (var path in new[] { "/sessions", "/admin", "/api/admin/sessions" })
        {
            using var answer = await laptop.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(session, Assert.Single(await portal.ActiveSessionsAsync(Root)).Id);
        Assert.Equal(1, (await portal.AuditAsync(AuditNames.SecondFactorTurnedOn)).Count(e => e.SubjectId == root.Id));
    }

    [Fact]
    public async Task A_passkey_opens_everything_too()
    {
        using var laptop = await portal.MustEnrolAsync(Root);
        await portal.PlantPasskeyAsync(root.Id, 1);
        Assert.True(await laptop.IsSignedInAsync());
    }

    [Fact]
    public async Task It_takes_effect_at_once_for_who_is_signed_in_and_ends_as_fast()
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(Ada);
        Assert.True(await laptop.IsSignedInAsync());
        await portal.RequireSecondFactorAsync(Roles.User);
        Assert.False(await laptop.IsSignedInAsync());
        await portal.RequireSecondFactorAsync(Roles.User, required: false);
        Assert.True(await laptop.IsSignedInAsync());
    }

    [Fact]
    public async Task A_role_given_to_a_user_brings_its_requirement_with_it()
    {
        await portal.RequireSecondFactorAsync(Roles.Admin);
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(Ada);
        Assert.True(await laptop.IsSignedInAsync());
        var ada = await portal.UserAsync(Ada);
        await portal.Services.GetRequiredService<Web.Users.UserAdministration>().GrantRoleAsync(ada.Id, Roles.Admin, Actor.Operator, default);
        Assert.False(await laptop.IsSignedInAsync());
    }

    [Fact]
    public async Task Such_a_session_counts_against_the_limit_like_any_other()
    {
        await portal.LimitAsync(Roles.User, 1, WhenFull.Refuse);
        await portal.RequireSecondFactorAsync(Roles.User);
        using var first = portal.NewVisitor();
        using var second = portal.NewVisitor();
        await first.SignInAsync(Ada);
        using var refused = await second.SignInAsync(Ada);
        Assert.Contains("as many devices as your role allows", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(await portal.ActiveSessionsAsync(Ada));
    }

    [Fact]
    public async Task In_Production_the_first_administrator_sets_one_up_first()
    {
        await using var site = new PortalFactory().With("environment", "Production").With("AllowedHosts", "localhost")
            .With("Portal:PublicUrl", "https://localhost").With("Bootstrap:AdminEmail", Root).With("Bootstrap:AdminPassword", PortalFactory.Password);
        using var boss = site.NewVisitor();
        await boss.SignInAsync(Root);
        using var answer = await boss.GetAsync("/admin");
        Assert.Equal(Page, answer.Headers.Location!.PathAndQuery());
    }

    [Fact]
    public async Task The_policy_says_it_changes_it_and_leaves_it_as_it_is_when_it_is_not_mentioned()
    {
        await portal.PlantPasskeyAsync(root.Id, 1);
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(Root);
        using var on = await PolicyCalls.PutAsync(laptop, "User", PolicyCalls.Body("secondFactorRequired", true));
        using var unsaid = await PolicyCalls.PutAsync(laptop, "User", PolicyCalls.Body("limit", 7));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (on.StatusCode, unsaid.StatusCode));
        var policy = await laptop.JsonAsync<JsonElement>("/api/admin/roles/User/policy");
        Assert.Equal((true, 7), (policy.GetProperty("secondFactorRequired").GetBoolean(), policy.GetProperty("limit").GetInt32()));
        using var nonsense = await PolicyCalls.PutAsync(laptop, "User", PolicyCalls.Body("secondFactorRequired", JsonValue.Create("perhaps")));
        Assert.Equal(HttpStatusCode.BadRequest, nonsense.StatusCode);
        Assert.Contains(await portal.AuditAsync(AuditNames.SessionLimitChanged), e => e.Reason!.Contains("second factor required", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_operator_switches_it_on_and_off()
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(Ada);
        Assert.Equal(0, (await OperatorConsole.RunAsync(portal, "roles set-second-factor user required")).Code);
        Assert.False(await laptop.IsSignedInAsync());
        Assert.Equal(0, (await OperatorConsole.RunAsync(portal, "roles set-second-factor User optional")).Code);
        Assert.True(await laptop.IsSignedInAsync());
        Assert.Equal(1, (await OperatorConsole.RunAsync(portal, "roles set-second-factor Boss optional")).Code);
        Assert.Equal(2, (await OperatorConsole.RunAsync(portal, "roles set-second-factor User perhaps")).Code);
    }
}
