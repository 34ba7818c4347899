using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Between password and second factor nothing is open, and the half-finished sign-in soon dies.</summary>
[Trait("Check", "S12")]
public sealed class PendingFactorTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";
    private const string Wrong = "wrong!";

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;
    private string key = "";

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync(Ada);
        (key, _) = await portal.EnrolAsync(ada);
        await portal.ForgetMailsAsync();
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [InlineData("/sessions")]
    [InlineData("/sessions/history")]
    [InlineData("/admin")]
    [InlineData("/Account/Manage")]
    [InlineData("/Account/Manage/TwoFactorAuthentication")]
    [InlineData("/Account/Manage/Disable2fa")]
    [InlineData("/Account/SecondFactor")]
    [InlineData("/Account/Reauthenticate")]
    [InlineData("/api/session")]
    [InlineData("/api/sessions")]
    [InlineData("/openapi/v1.json")]
    public async Task The_password_alone_opens_no_page_and_no_call(string path)
    {
        using var half = portal.NewVisitor();
        await half.SignInAsync(Ada);
        using var answer = await half.GetAsync(path);
        Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized
            || (answer.StatusCode is HttpStatusCode.Found && answer.Headers.Location!.PathAndQuery().StartsWith("/Account/Login?", StringComparison.Ordinal)));
        Assert.Empty(await portal.ActiveSessionsAsync(Ada));
    }

    [Fact]
    public async Task It_dies_after_five_minutes()
    {
        using var late = portal.NewVisitor();
        await late.SignInAsync(Ada);
        var form = await late.OpenFormAsync("/Account/LoginWith2fa", "login-with-2fa");
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow() + PendingFactor.Lifetime);
        using var answer = await late.PostAsync("/Account/LoginWith2fa", [.. form, ("Input.TwoFactorCode", portal.CodeOf(key))]);
        Assert.Equal("/Account/Login", answer.Headers.Location!.PathAndQuery());
        Assert.Empty(await portal.ActiveSessionsAsync(Ada));
    }

    [Fact]
    public async Task Five_wrong_codes_end_it_and_the_owner_gets_one_mail()
    {
        using var guesser = portal.NewVisitor("198.51.100.66");
        await guesser.SignInAsync(Ada);
        for (var i = 0; i < 4; i++)
        {
            await guesser.EnterCodeAsync(Wrong);
        }

        Assert.Empty(await portal.MailsAsync());
        using var fifth = await guesser.EnterCodeAsync(Wrong);
        Assert.Contains("Five codes were wrong", await fifth.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var page = await guesser.GetAsync("/Account/LoginWith2fa");
        Assert.Equal("/Account/Login", page.Headers.Location!.PathAndQuery());

        var mail = Assert.Single(await portal.MailsAsync());
        Assert.Equal(Ada, mail.To.Mailboxes.Single().Address);
        Assert.Contains("198.51.100.66", mail.TextBody, StringComparison.Ordinal);
        var spent = Assert.Single(await portal.AuditAsync(AuditNames.SecondFactorSpent));
        Assert.Equal((ada.Id, AuditOutcome.Refused), (spent.SubjectId, spent.Outcome));
    }

    [Theory]
    [InlineData(1, "a wrong code")]
    [InlineData(4, "4 wrong codes")]
    [Trait("Check", "S21")]
    public async Task One_that_dies_of_age_after_wrong_codes_is_told_to_the_owner_once(int wrong, string words)
    {
        using var guesser = portal.NewVisitor("198.51.100.66");
        await guesser.SignInAsync(Ada);
        for (var i = 0; i < wrong; i++)
        {
            await guesser.EnterCodeAsync(Wrong);
        }

        var pending = portal.Services.GetRequiredService<PendingFactors>();
        await pending.SweepAsync(default);
        Assert.Empty(await portal.MailsAsync());
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow() + PendingFactor.Lifetime);
        await portal.Services.GetRequiredService<SessionHousekeeping>().PurgeAsync(default);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => pending.SweepAsync(default))));
        var mail = Assert.Single(await portal.MailsAsync());
        Assert.Equal(Ada, mail.To.Mailboxes.Single().Address);
        Assert.Contains($"and then {words}. That did not sign them in.", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("198.51.100.66", mail.TextBody, StringComparison.Ordinal);
        Assert.Equal(0, await portal.InDatabaseAsync(db => db.PendingFactors.CountAsync()));
    }

    [Fact]
    [Trait("Check", "S21")]
    public async Task The_portals_own_worker_tells_it_and_several_of_one_owner_come_as_one_mail()
    {
        for (var i = 0; i < 2; i++)
        {
            using var guesser = portal.NewVisitor();
            await guesser.SignInAsync(Ada);
            await guesser.EnterCodeAsync(Wrong);
        }

        portal.Clock.AdjustTime(portal.Clock.GetUtcNow() + PendingFactor.Lifetime);
        await portal.UntilAsync(async () => await portal.InDatabaseAsync(db => db.PendingFactors.CountAsync()) == 0);
        Assert.Contains("and then 2 wrong codes", Assert.Single(await portal.MailsAsync()).TextBody, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S21")]
    public async Task One_that_had_no_wrong_code_or_led_to_a_session_is_no_news()
    {
        using var clumsy = portal.NewVisitor();
        await clumsy.SignInAsync(Ada);
        await clumsy.EnterCodeAsync(Wrong);
        await clumsy.EnterCodeAsync(portal.CodeOf(key));
        using var idle = portal.NewVisitor();
        await idle.SignInAsync(Ada);
        await portal.ForgetMailsAsync(); // of the new device
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow() + PendingFactor.Lifetime);
        await portal.Services.GetRequiredService<PendingFactors>().SweepAsync(default);
        Assert.Empty(await portal.MailsAsync());
    }

    [Fact]
    public async Task Of_a_burst_of_wrong_codes_five_are_looked_at()
    {
        using var guesser = portal.NewVisitor();
        await guesser.SignInAsync(Ada);
        var form = await guesser.OpenFormAsync("/Account/LoginWith2fa", "login-with-2fa");
        await SecondFactor.PostAtOnceAsync("/Account/LoginWith2fa", [.. Enumerable.Repeat((guesser, form), 20)], i => ("Input.TwoFactorCode", $"wrong{i}"));
        Assert.InRange((await portal.AuditAsync(AuditNames.SecondFactorFailed)).Count, 1, PendingFactor.Tries);
        Assert.True((await portal.MailsAsync()).Count <= 1);
        Assert.Empty(await portal.ActiveSessionsAsync(Ada));
    }

    [Fact]
    public async Task After_a_fifth_wrong_code_the_owner_signs_in_from_the_start()
    {
        using var clumsy = portal.NewVisitor();
        await clumsy.SignInAsync(Ada);
        for (var i = 0; i < 5; i++)
        {
            await clumsy.EnterCodeAsync(Wrong);
        }

        portal.Clock.Advance(TimeSpan.FromMinutes(1));
        await clumsy.SignInAsync(Ada);
        await clumsy.EnterCodeAsync(portal.CodeOf(key));
        Assert.True(await clumsy.IsSignedInAsync());
        Assert.Equal(0, await portal.InDatabaseAsync(db => db.PendingFactors.CountAsync()));
    }

    [Theory]
    [InlineData("password changed")]
    [InlineData("password reset")]
    [InlineData("disabled")]
    [InlineData("disabled and enabled")]
    [InlineData("signed out everywhere")]
    [InlineData("second factor off")]
    public async Task A_change_of_the_account_ends_it(string change)
    {
        using var half = portal.NewVisitor();
        await half.SignInAsync(Ada);
        var form = await half.OpenFormAsync("/Account/LoginWith2fa", "login-with-2fa");
        await ChangeAsync(change);
        using var answer = await half.PostAsync("/Account/LoginWith2fa", [.. form, ("Input.TwoFactorCode", portal.CodeOf(key))]);
        Assert.Equal("/Account/Login", answer.Headers.Location!.PathAndQuery());
        Assert.Empty(await portal.ActiveSessionsAsync(Ada));
    }

    [Fact]
    public async Task A_cookie_without_its_row_counts_for_nothing_and_old_rows_are_purged()
    {
        using var half = portal.NewVisitor();
        await half.SignInAsync(Ada);
        var form = await half.OpenFormAsync("/Account/LoginWith2fa", "login-with-2fa");
        Assert.Equal(1, await portal.InDatabaseAsync(db => db.PendingFactors.CountAsync()));
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow().AddMinutes(6));
        await portal.Services.GetRequiredService<SessionHousekeeping>().PurgeAsync(default);
        Assert.Equal(0, await portal.InDatabaseAsync(db => db.PendingFactors.CountAsync()));
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow().AddMinutes(-6));
        using var answer = await half.PostAsync("/Account/LoginWith2fa", [.. form, ("Input.TwoFactorCode", portal.CodeOf(key))]);
        Assert.Equal("/Account/Login", answer.Headers.Location!.PathAndQuery());
        Assert.Empty(await portal.ActiveSessionsAsync(Ada));
    }

    private async Task ChangeAsync(string change)
    {
        var administration = portal.Services.GetRequiredService<UserAdministration>();
        if (change.StartsWith("disabled", StringComparison.Ordinal))
        {
            await administration.DisableAsync(ada.Id, Actor.Operator, default);
        }

        if (change == "disabled and enabled")
        {
            await administration.EnableAsync(ada.Id, Actor.Operator, default);
        }

        if (change == "signed out everywhere")
        {
            await portal.Services.GetRequiredService<SessionEnder>().EndAllAsync(ada.Id, EndReason.Revoked, Actor.Operator, default);
        }

        await portal.AsIdentityAsync(async users =>
        {
            var user = (await users.FindByIdAsync(ada.Id))!;
            return change switch
            {
                "password changed" => await users.ChangePasswordAsync(user, PortalFactory.Password, "another long password"),
                "password reset" => await users.ResetPasswordAsync(user, await users.GeneratePasswordResetTokenAsync(user), "another long password"),
                "second factor off" => await users.SetTwoFactorEnabledAsync(user, false),
                _ => null,
            };
        });
    }
}
