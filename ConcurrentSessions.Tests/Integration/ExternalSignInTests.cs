using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

[Trait("Check", "S03")]
public sealed class ExternalSignInTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";
    private const string Landing = "/Account/ExternalLogin";
    private const string Links = "/Account/Manage/ExternalLogins";

    private readonly PortalFactory portal = new();
    private TinyProvider contoso = null!;

    public async ValueTask InitializeAsync() => contoso = await TinyProvider.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        await contoso.DisposeAsync();
    }

    [Fact]
    public async Task A_linked_account_opens_one_session_and_the_limit_holds()
    {
        await LinkedAdaAsync();
        await portal.LimitAsync(Roles.User, 2, WhenFull.Refuse);
        using var phone = portal.NewVisitor();
        await SignInAsync(phone);
        Assert.True(await phone.IsSignedInAsync());
        Assert.Single(await portal.ActiveSessionsAsync(Ada), s => s.Method is AuthenticationMethod.External);
        using var late = portal.NewVisitor();
        var refused = await SignInAsync(late);
        Assert.Contains("as many devices as your role allows", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(2, (await portal.ActiveSessionsAsync(Ada)).Count);
    }

    [Fact]
    public async Task Coming_back_from_the_provider_signs_nobody_in_before_they_say_so()
    {
        await LinkedAdaAsync();
        using var phone = portal.NewVisitor();
        await ReturnAsync(phone);
        Assert.False(await phone.IsSignedInAsync());
        Assert.Single(await portal.ActiveSessionsAsync(Ada));
    }

    [Fact]
    [Trait("Check", "S12")]
    public async Task The_second_factor_is_asked_for_here_as_well()
    {
        var ada = await LinkedAdaAsync();
        var (key, _) = await portal.EnrolAsync(ada);
        using var phone = portal.NewVisitor();
        var half = await SignInAsync(phone);
        Assert.StartsWith("/Account/LoginWith2fa", half.Headers.Location!.PathAndQuery(), StringComparison.Ordinal);
        Assert.False(await phone.IsSignedInAsync());
        await phone.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", portal.CodeOf(key)));
        Assert.Single(await portal.ActiveSessionsAsync(Ada), s => s.Method is AuthenticationMethod.ExternalAndSecondFactor);
    }

    [Fact]
    [Trait("Check", "S07")]
    public async Task A_disabled_account_is_not_opened_from_elsewhere()
    {
        var ada = await LinkedAdaAsync();
        await portal.AsIdentityAsync(async users =>
        {
            var owner = (await users.FindByIdAsync(ada.Id))!;
            owner.Disable(portal.Clock.GetUtcNow());
            return await users.UpdateAsync(owner);
        });
        using var phone = portal.NewVisitor();
        await SignInAsync(phone);
        Assert.False(await phone.IsSignedInAsync());
    }

    [Fact]
    public async Task Whoever_is_unknown_gets_an_account_that_waits_for_the_mailed_link()
    {
        contoso.Configure(portal);
        contoso.Email = "new@portal.example";
        using var visitor = portal.NewVisitor();
        await ReturnAsync(visitor);
        var made = await visitor.SubmitAsync(Landing, "external-register", ("Input.Email", contoso.Email));
        Assert.Equal("/Account/RegisterConfirmation", made.Headers.Location!.PathAndQuery());
        using var again = portal.NewVisitor();
        var refused = await SignInAsync(again);
        Assert.Contains("Confirm your email address first", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(await portal.MailsAsync(), m => m.Subject!.Contains("Confirm your address", StringComparison.Ordinal));
        await portal.AsIdentityAsync(async users =>
        {
            var user = (await users.FindByEmailAsync(contoso.Email))!;
            return await users.ConfirmEmailAsync(user, await users.GenerateEmailConfirmationTokenAsync(user));
        });
        await SignInAsync(again);
        Assert.True(await again.IsSignedInAsync());
    }

    [Fact]
    public async Task The_same_address_elsewhere_is_not_the_same_person()
    {
        await LinkedAdaAsync();
        contoso.Subject = "somebody else with her address";
        using var stranger = portal.NewVisitor();
        var page = await ReturnAsync(stranger);
        Assert.Contains("Sign in with your password", page, StringComparison.Ordinal);
        await stranger.SubmitAsync(Landing, "external-register", ("Input.Email", Ada));
        Assert.False(await stranger.IsSignedInAsync());
        Assert.Single(await LoginsAsync());
        Assert.Contains(await portal.MailsAsync(), m => m.Subject!.Contains("already have an account", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_subject_of_another_issuer_is_not_the_same_person()
    {
        await LinkedAdaAsync();
        await using var fabrikam = await TinyProvider.StartAsync();
        await using var moved = fabrikam.Configure(portal.AnotherNode());
        using var stranger = moved.NewVisitor();
        var page = await ReturnAsync(stranger);
        Assert.Contains("no account here is linked with that yet", page, StringComparison.Ordinal);
        await stranger.SubmitAsync(Landing, "external-register", ("Input.Email", Ada));
        Assert.False(await stranger.IsSignedInAsync());
        Assert.Equal(contoso.Issuer, Assert.Single(await LoginsAsync()).LoginProvider);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task A_token_with_a_foreign_signature_or_nonce_is_refused(bool anotherKey, bool anotherNonce)
    {
        await LinkedAdaAsync();
        (contoso.SignsWithAnotherKey, contoso.MixesUpNonces) = (anotherKey, anotherNonce);
        using var phone = portal.NewVisitor();
        var page = await ReturnAsync(phone);
        Assert.Contains("Nobody was signed in and nothing was changed.", page, StringComparison.Ordinal);
        Assert.False(await phone.IsSignedInAsync());
    }

    [Theory]
    [InlineData("/signin-oidc")]
    [InlineData("/signin-oidc?code=made-up&state=made-up")]
    [InlineData("/signin-oidc?error=access_denied&error_description=%3Cscript%3E")]
    public async Task A_return_that_nobody_set_out_for_opens_no_session(string path)
    {
        await LinkedAdaAsync();
        using var visitor = portal.NewVisitor();
        using var sent = await visitor.GetAsync(path);
        using var page = await visitor.GetAsync(sent.Headers.Location!.PathAndQuery());
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Contains("Nobody was signed in", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(await visitor.IsSignedInAsync());
        Assert.Null(visitor.Cookie("__Host-external"));
    }

    [Fact]
    public async Task Another_browser_s_way_back_and_a_way_back_taken_twice_lead_nowhere()
    {
        await LinkedAdaAsync();
        using var phone = portal.NewVisitor();
        using var thief = portal.NewVisitor();
        var back = await TinyProvider.VisitAsync(phone);
        await thief.GetAsync(back);
        Assert.Null(thief.Cookie("__Host-external"));
        await phone.GetAsync(back);
        using var twice = await phone.GetAsync(back);
        Assert.StartsWith(Landing + "?Problem", twice.Headers.Location!.PathAndQuery(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S39")]
    public async Task Without_the_provider_the_password_goes_on()
    {
        await LinkedAdaAsync();
        await using var node = portal.AnotherNode().With("Authentication:Oidc:Authority", "http://127.0.0.1:9");
        using var visitor = node.NewVisitor();
        using var sent = await visitor.GetAsync("/Account/ExternalSignIn");
        using var page = await visitor.GetAsync(sent.Headers.Location!.PathAndQuery());
        Assert.Contains("Contoso does not answer now", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await visitor.SignInAsync(Ada);
        Assert.True(await visitor.IsSignedInAsync());
    }

    [Fact]
    public async Task Where_none_is_configured_nothing_of_it_is_there()
    {
        await portal.AddUserAsync(Ada);
        using var visitor = portal.NewVisitor();
        using var login = await visitor.GetAsync("/Account/Login");
        Assert.DoesNotContain("ExternalSignIn", await login.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync("/Account/ExternalSignIn")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync("/signin-oidc?code=a&state=b")).StatusCode);
    }

    [Fact]
    [Trait("Check", "S06")]
    public async Task An_unlinked_account_signs_nobody_in_and_the_last_way_in_stays()
    {
        var ada = await LinkedAdaAsync();
        using var desk = portal.NewVisitor();
        await desk.SignInAsync(Ada);
        await portal.ByHandAsync("UPDATE \"AspNetUsers\" SET \"PasswordHash\" = NULL");
        await desk.SubmitAsync(Links, $"unlink-{contoso.Subject}");
        Assert.Single(await LoginsAsync());
        await portal.AsIdentityAsync(async users => await users.AddPasswordAsync((await users.FindByIdAsync(ada.Id))!, PortalFactory.Password));
        using var again = portal.NewVisitor();
        await again.SignInAsync(Ada);
        await again.SubmitAsync(Links, $"unlink-{contoso.Subject}");
        Assert.Empty(await LoginsAsync());
        using var phone = portal.NewVisitor();
        var page = await ReturnAsync(phone);
        Assert.Contains("no account here is linked with that yet", page, StringComparison.Ordinal);
    }

    private async Task<PortalUser> LinkedAdaAsync()
    {
        contoso.Configure(portal);
        var ada = await portal.AddUserAsync(Ada);
        using var desk = portal.NewVisitor();
        await desk.SignInAsync(Ada);
        await desk.GetAsync(await TinyProvider.VisitAsync(desk, "/Account/ExternalSignIn?Link=true"));
        await desk.SubmitAsync(Links, "link-login");
        Assert.Equal((contoso.Issuer, contoso.Subject), Assert.Single(await LoginsAsync()) is var login ? (login.LoginProvider, login.ProviderKey) : default);
        return ada;
    }

    private Task<List<IdentityUserLogin<string>>> LoginsAsync() => portal.InDatabaseAsync(db => db.UserLogins.AsNoTracking().ToListAsync());

    /// <returns>The page that the browser ends on.</returns>
    private static async Task<string> ReturnAsync(Visitor visitor)
    {
        using var back = await visitor.GetAsync(await TinyProvider.VisitAsync(visitor));
        using var page = await visitor.GetAsync(back.Headers.Location!.PathAndQuery());
        return await page.Content.ReadAsStringAsync();
    }

    private static async Task<HttpResponseMessage> SignInAsync(Visitor visitor)
    {
        await ReturnAsync(visitor);
        return await visitor.SubmitAsync(Landing, "external-sign-in");
    }
}
