using System.Net;
using System.Reflection;
using System.Text.Json;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What is asked again before an act that a passer-by at an open screen must not do (ASVS 7.5).</summary>
[Trait("Check", "S31")]
public sealed class ReauthenticationTests : IAsyncLifetime
{
    private static readonly TimeSpan TooLong = Session.FreshProof + TimeSpan.FromSeconds(1);

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;
    private Visitor here = null!;

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync("ada@portal.example");
        here = portal.NewVisitor();
        await here.SignInAsync(ada.Email!);
    }

    public ValueTask DisposeAsync()
    {
        here.Dispose();
        return portal.DisposeAsync();
    }

    [Theory]
    [InlineData("/Account/Manage/Email", "change-email")]
    [InlineData("/Account/Manage/ChangePassword", "change-password")]
    [InlineData("/Account/Manage/SetPassword", "set-password")]
    [InlineData("/Account/Manage/EnableAuthenticator", "enable-authenticator")]
    [InlineData("/Account/Manage/Disable2fa", "disable-2fa")]
    [InlineData("/Account/Manage/ResetAuthenticator", "reset-authenticator")]
    [InlineData("/Account/Manage/GenerateRecoveryCodes", "generate-recovery-codes")]
    [InlineData("/Account/Manage/Passkeys", "add-passkey")]
    [InlineData("/Account/Manage/RemovePasskey/AQID", "remove-passkey")]
    [InlineData("/Account/Manage/PersonalData", "")]
    [InlineData("/Account/Manage/DeletePersonalData", "delete-user")]
    public async Task A_sensitive_page_neither_opens_nor_acts_when_the_last_proof_is_too_old(string path, string form)
    {
        var fields = await here.OpenFormAsync("/Account/Manage", form);
        portal.Clock.Advance(TooLong);
        using var page = await here.GetAsync(path);
        using var post = await here.PostAsync(path, [.. fields, ("Input.Understood", "True")]);
        foreach (var answer in new[] { page, post })
        {
            Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
            Assert.Equal($"/Account/Reauthenticate?ReturnUrl={Uri.EscapeDataString(path)}", answer.Headers.Location!.ToString());
        }

        Assert.NotNull(await portal.UserAsync(ada.Email!));
    }

    [Theory]
    [InlineData("/Account/Manage/DownloadPersonalData", "%2FAccount%2FManage%2FPersonalData")]
    [InlineData("/Account/PasskeyCreationOptions", "%2FAccount%2FManage%2FPasskeys")]
    public async Task A_post_without_a_page_leads_back_to_the_page_it_came_from(string path, string page)
    {
        var fields = await here.OpenFormAsync("/Account/Manage", "");
        portal.Clock.Advance(TooLong);
        using var answer = await here.PostAsync(path, fields);
        Assert.Equal($"/Account/Reauthenticate?ReturnUrl={page}", answer.Headers.Location!.ToString());
    }

    [Fact]
    public void Every_page_about_an_account_says_whether_it_needs_a_fresh_proof()
    {
        string[] without = ["Index", "RenamePasskey", "TwoFactorAuthentication"];
        var pages = typeof(PortalDbContext).Assembly.GetTypes().Where(t =>
            t.Namespace == "ConcurrentSessions.Web.Components.Account.Manage" && t.IsDefined(typeof(RouteAttribute)));
        Assert.Equal(without, pages.Where(p => p.GetCustomAttribute<FreshProofAttribute>() is null).Select(p => p.Name).Order());
    }

    [Fact]
    [Trait("Check", "S11")]
    public async Task Proving_opens_the_page_gives_a_new_key_and_kills_the_old_one()
    {
        portal.Clock.Advance(TooLong);
        var before = here.Cookie(BrowserCookies.Session)!;
        using var proved = await ProveAsync(here);
        Assert.Equal("/Account/Manage/Email", proved.Headers.Location!.PathAndQuery());
        using var page = await here.GetAsync("/Account/Manage/Email");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.NotEqual(before, here.Cookie(BrowserCookies.Session));
        using var thief = portal.NewVisitor();
        thief.PlantCookie(BrowserCookies.Session, before);
        Assert.False(await thief.IsSignedInAsync());
        Assert.Single(await portal.ActiveSessionsAsync(ada.Email!));
    }

    [Fact]
    public async Task A_proof_in_one_session_is_none_in_another()
    {
        using var elsewhere = portal.NewVisitor();
        await elsewhere.SignInAsync(ada.Email!);
        portal.Clock.Advance(TooLong);
        (await ProveAsync(elsewhere)).Dispose();
        using var page = await here.GetAsync("/Account/Manage/Email");
        Assert.Equal(HttpStatusCode.Found, page.StatusCode);
    }

    [Fact]
    public async Task A_wrong_password_proves_nothing_and_anothers_neither()
    {
        var eve = await portal.AddUserAsync("eve@portal.example");
        Assert.NotNull(eve);
        portal.Clock.Advance(TooLong);
        using var wrong = await ProveAsync(here, "not the right password");
        Assert.Contains("This is not your password.", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var page = await here.GetAsync("/Account/Manage/Email");
        Assert.Equal(HttpStatusCode.Found, page.StatusCode);
    }

    [Fact]
    public async Task Who_has_no_password_proves_with_a_code_and_who_has_one_does_not()
    {
        var (key, _) = await portal.EnrolAsync(ada);
        await portal.InDatabaseAsync(db => db.Users.Where(u => u.Id == ada.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.TwoFactorEnabled, false)));
        await here.SignInAsync(ada.Email!);
        await portal.InDatabaseAsync(db => db.Users.Where(u => u.Id == ada.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.TwoFactorEnabled, true)));
        portal.Clock.Advance(TooLong);
        await here.SubmitAsync("/Account/Reauthenticate", "reauthenticate", ("Input.Code", portal.CodeOf(key)));
        using (var still = await here.GetAsync("/Account/Manage/Email"))
        {
            Assert.Equal(HttpStatusCode.Found, still.StatusCode);
        }

        await portal.ByHandAsync("UPDATE \"AspNetUsers\" SET \"PasswordHash\" = NULL");
        await here.SubmitAsync("/Account/Reauthenticate", "reauthenticate", ("Input.Code", "000000"));
        await here.SubmitAsync("/Account/Reauthenticate", "reauthenticate", ("Input.Code", portal.CodeOf(key)));
        using var page = await here.GetAsync("/Account/Manage/Email");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task Ending_one_session_elsewhere_needs_a_fresh_proof_and_signing_out_here_none()
    {
        using var elsewhere = portal.NewVisitor();
        await elsewhere.SignInAsync(ada.Email!);
        var other = (await elsewhere.JsonAsync<JsonElement>("/api/session")).GetProperty("id").GetString();
        var own = (await here.JsonAsync<JsonElement>("/api/session")).GetProperty("id").GetString();
        portal.Clock.Advance(TooLong);
        using var refused = await here.DeleteAsync($"/api/sessions/{other}");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("/problems/fresh-proof-required", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await elsewhere.IsSignedInAsync());
        using var left = await here.DeleteAsync($"/api/sessions/{own}");
        Assert.Equal(HttpStatusCode.NoContent, left.StatusCode);
    }

    [Fact]
    public async Task An_administrator_acts_only_with_a_fresh_proof()
    {
        await portal.AddUserAsync("boss@portal.example", Roles.Admin);
        using var desk = portal.NewVisitor();
        await desk.SignInAsync("boss@portal.example");
        portal.Clock.Advance(TooLong);
        using var refused = await desk.DeleteAsync($"/api/admin/users/{ada.Id}/sessions");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("/problems/fresh-proof-required", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(await here.IsSignedInAsync());
        (await ProveAsync(desk)).Dispose();
        using var done = await desk.DeleteAsync($"/api/admin/users/{ada.Id}/sessions");
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.False(await here.IsSignedInAsync());
    }

    private static Task<HttpResponseMessage> ProveAsync(Visitor visitor, string password = PortalFactory.Password) => visitor.SubmitAsync(
        "/Account/Reauthenticate?ReturnUrl=%2FAccount%2FManage%2FEmail", "reauthenticate", ("Input.Password", password));
}
