using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class SignInTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    [Trait("Check", "S03")]
    public async Task A_password_opens_one_session_that_says_who_where_and_how()
    {
        using var laptop = portal.NewVisitor("198.51.100.20");
        await laptop.SignInAsync(ada.Email!);
        var session = Assert.Single(await portal.ActiveSessionsAsync(ada.Email!));
        Assert.Equal(
            ("Firefox on Linux", "198.51.100.20", AuthenticationMethod.Password, portal.Clock.GetUtcNow()),
            (session.DeviceName, session.IpAddress, session.Method, session.StartedAt));
        Assert.True(await laptop.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S03")]
    public async Task An_authenticator_code_opens_one_session_and_the_password_alone_none()
    {
        var (key, _) = await portal.EnrolAsync(ada);
        using var laptop = portal.NewVisitor();
        var half = await laptop.SignInAsync(ada.Email!);
        Assert.StartsWith("/Account/LoginWith2fa", half.Headers.Location!.PathAndQuery(), StringComparison.Ordinal);
        Assert.Empty(await portal.ActiveSessionsAsync(ada.Email!));
        await laptop.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", portal.CodeOf(key)));
        Assert.Equal(AuthenticationMethod.PasswordAndAuthenticator, Assert.Single(await portal.ActiveSessionsAsync(ada.Email!)).Method);
    }

    [Fact]
    [Trait("Check", "S03")]
    public async Task A_recovery_code_opens_one_session()
    {
        var (_, codes) = await portal.EnrolAsync(ada);
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        await laptop.SubmitAsync("/Account/LoginWithRecoveryCode", "login-with-recovery-code", ("Input.RecoveryCode", codes[0]));
        Assert.Equal(AuthenticationMethod.PasswordAndRecoveryCode, Assert.Single(await portal.ActiveSessionsAsync(ada.Email!)).Method);
    }

    [Fact]
    [Trait("Check", "S03")]
    public async Task The_limit_holds_for_the_second_factor_too()
    {
        await portal.LimitAsync(Roles.User, 1, WhenFull.Refuse);
        using var first = portal.NewVisitor();
        await first.SignInAsync(ada.Email!);
        var (key, _) = await portal.EnrolAsync(ada);
        using var again = portal.NewVisitor();
        await again.SignInAsync(ada.Email!);
        await again.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", portal.CodeOf(key)));
        portal.Clock.Advance(TimeSpan.FromSeconds(30));
        using var late = portal.NewVisitor();
        await late.SignInAsync(ada.Email!);
        var refused = await late.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", portal.CodeOf(key)));
        Assert.Contains("as many devices as your role allows", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(await portal.ActiveSessionsAsync(ada.Email!));
    }

    [Fact]
    [Trait("Check", "S03")]
    public async Task Nothing_signs_in_past_the_choke_point()
    {
        await using var scope = portal.Services.CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var principal = await scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<PortalUser>>().CreateAsync(ada);
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.SignInAsync(IdentityConstants.ApplicationScheme, principal));
        Assert.Empty(await portal.ActiveSessionsAsync(ada.Email!));
    }

    [Fact]
    [Trait("Check", "S02")]
    public async Task The_same_browser_signing_in_again_replaces_its_own_session_and_evicts_nobody()
    {
        await portal.LimitAsync(Roles.User, 2, WhenFull.Refuse);
        using var phone = portal.NewVisitor();
        using var laptop = portal.NewVisitor();
        await phone.SignInAsync(ada.Email!);
        for (var i = 0; i < 5; i++)
        {
            await laptop.SignInAsync(ada.Email!);
            Assert.True(await laptop.IsSignedInAsync());
        }

        Assert.True(await phone.IsSignedInAsync());
        Assert.Equal(2, (await portal.ActiveSessionsAsync(ada.Email!)).Count);
        Assert.Equal(4, (await portal.AuditAsync(AuditNames.SessionEnded)).Count(e => e.Reason == nameof(EndReason.Replaced)));
    }

    [Fact]
    [Trait("Check", "S11")]
    public async Task A_sign_in_over_anothers_session_ends_that_one_and_takes_a_new_key()
    {
        var grace = await portal.AddUserAsync("grace@portal.example");
        using var shared = portal.NewVisitor();
        await shared.SignInAsync(ada.Email!);
        var adas = shared.Cookie(BrowserCookies.Session);
        await shared.SignInAsync(grace.Email!);
        Assert.NotEqual(adas, shared.Cookie(BrowserCookies.Session));
        Assert.Empty(await portal.ActiveSessionsAsync(ada.Email!));
        Assert.Single(await portal.ActiveSessionsAsync(grace.Email!));
    }

    [Fact]
    [Trait("Check", "S24")]
    public async Task Every_cookie_is_host_bound_secure_and_out_of_reach_of_scripts()
    {
        var (key, _) = await portal.EnrolAsync(ada);
        using var laptop = portal.NewVisitor();
        HttpResponseMessage[] answers =
        [
            await laptop.GetAsync("/Account/Login"),
            await laptop.SignInAsync(ada.Email!, remember: true),
            await laptop.SubmitAsync("/Account/LoginWith2fa?RememberMe=true", "login-with-2fa",
                ("Input.TwoFactorCode", portal.CodeOf(key)), ("Input.RememberMachine", "True")),
        ];
        var cookies = answers.SelectMany(a => a.Headers.TryGetValues("Set-Cookie", out var set) ? set : []).Where(c => !c.Contains("=;", StringComparison.Ordinal)).ToList();
        Assert.Contains(cookies, c => c.StartsWith(BrowserCookies.Session, StringComparison.Ordinal));
        Assert.All(cookies, c =>
        {
            Assert.StartsWith("__Host-", c, StringComparison.Ordinal);
            Assert.Contains("; secure", c, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; httponly", c, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; path=/", c, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("; samesite=", c, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("samesite=none", c, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("domain=", c, StringComparison.OrdinalIgnoreCase);
            Assert.InRange(c.Split(';')[0].Length, 1, 4096);
        });
    }

    [Theory]
    [Trait("Check", "S10")]
    [InlineData("")]
    [InlineData("forged")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("%00%0d%0a")]
    public async Task A_forged_or_foreign_cookie_is_plainly_not_signed_in(string cookie)
    {
        using var stranger = portal.NewVisitor();
        stranger.PlantCookie(BrowserCookies.Session, cookie);
        using var answer = await stranger.GetAsync("/Account/Manage");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.StartsWith("/Account/Login", answer.Headers.Location!.PathAndQuery(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S10")]
    public async Task Neither_the_row_id_nor_the_hash_opens_a_session_and_the_key_is_nowhere_in_the_database()
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        var key = laptop.Cookie(BrowserCookies.Session)!;
        var row = await portal.InDatabaseAsync(db => Task.FromResult(db.Sessions.Single(s => s.UserId == ada.Id)));
        foreach (var candidate in new[] { row.Id.ToString(), Convert.ToBase64String(row.KeyHash), System.Buffers.Text.Base64Url.EncodeToString(row.KeyHash) })
        {
            using var thief = portal.NewVisitor();
            thief.PlantCookie(BrowserCookies.Session, Uri.EscapeDataString(candidate));
            Assert.False(await thief.IsSignedInAsync());
        }

        var kept = portal.Database.ReadEverything();
        Assert.Contains(row.Id.ToString(), kept, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(key, kept, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S46")]
    public async Task A_password_change_keeps_this_session_under_its_id_and_ends_the_others()
    {
        using var laptop = portal.NewVisitor();
        using var phone = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        var before = Assert.Single(await portal.ActiveSessionsAsync(ada.Email!));
        await phone.SignInAsync(ada.Email!);
        for (var i = 0; i < 3; i++)
        {
            await laptop.SubmitAsync("/Account/Manage/ChangePassword", "change-password",
                ("Input.OldPassword", i == 0 ? PortalFactory.Password : $"another long password {i - 1}"),
                ("Input.NewPassword", $"another long password {i}"), ("Input.ConfirmPassword", $"another long password {i}"));
        }

        Assert.Equal(before.Id, Assert.Single(await portal.ActiveSessionsAsync(ada.Email!)).Id);
        Assert.True(await laptop.IsSignedInAsync());
        Assert.False(await phone.IsSignedInAsync());
    }
}
