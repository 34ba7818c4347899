using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Each change of how an account is signed in to is mailed to its owner (ASVS 6.3.7).</summary>
[Trait("Check", "S32")]
public sealed class ChangeNoticeTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [InlineData("password", "Your password was changed")]
    [InlineData("reset", "Your password was changed")]
    [InlineData("first password", "Your account has a password now")]
    [InlineData("factor off", "Your two-factor sign-in is off")]
    [InlineData("factor on", "Your two-factor sign-in is on")]
    [InlineData("codes", "Your recovery codes were made anew")]
    [InlineData("passkey added", "Your account has a new passkey")]
    [InlineData("passkey removed", "Your account has a passkey less")]
    [InlineData("login added", "Your account has a new way to sign in")]
    public async Task A_change_of_credentials_is_told_with_time_device_and_advice(string change, string subject)
    {
        using var world = await ConsequenceWorld.MakeAsync(portal, "ada", withAddressLink: false);
        var mail = await MailAboutAsync(world.Email, subject, () => DoAsync(world, change));
        Assert.Contains($"{portal.Clock.GetUtcNow():d MMMM yyyy, HH:mm} UTC", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("Firefox on Linux", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("choose a new password at once", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_address_is_told_to_the_old_and_the_new_one()
    {
        using var world = await ConsequenceWorld.MakeAsync(portal, "ada", withAddressLink: true);
        Assert.True(await world.ConfirmLinkAsync(world.Here));
        foreach (var address in new[] { "ada@portal.example", "moved-ada@portal.example" })
        {
            var mail = Assert.Single(await MailsAsync(address, "Your address was changed"));
            Assert.Contains("moved-ada@portal.example", mail.TextBody, StringComparison.Ordinal);
            Assert.Contains("tell the administrator", mail.TextBody, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("disable", "Your account was disabled")]
    [InlineData("enable", "Your account was enabled")]
    [InlineData("grant", "Your role was changed")]
    [InlineData("revoke", "Your role was changed")]
    public async Task An_act_of_an_administrator_is_told_too(string act, string subject)
    {
        var ada = await portal.AddUserAsync("ada@portal.example", act == "revoke" ? [Roles.User, Roles.Admin] : [Roles.User]);
        await portal.AddUserAsync("boss@portal.example", Roles.Admin);
        var administration = portal.Services.GetRequiredService<UserAdministration>();
        await MailAboutAsync(ada.Email!, subject, async () => Assert.Null((await (act switch
        {
            "disable" => administration.DisableAsync(ada.Id, Actor.Operator, default),
            "enable" => administration.EnableAsync(ada.Id, Actor.Operator, default),
            "grant" => administration.GrantRoleAsync(ada.Id, Roles.Admin, Actor.Operator, default),
            _ => administration.RevokeRoleAsync(ada.Id, Roles.Admin, Actor.Operator, default),
        })).Problem));
    }

    [Fact]
    [Trait("Check", "S44")]
    public async Task A_forced_password_reset_is_mailed_with_a_link_that_works_once()
    {
        var ada = await portal.AddUserAsync("ada@portal.example");
        var administration = portal.Services.GetRequiredService<UserAdministration>();
        var mail = await MailAboutAsync(ada.Email!, "Your password must be chosen anew", () => administration.ForcePasswordResetAsync(ada.Id, Actor.Operator, default));
        using var visitor = portal.NewVisitor();
        await visitor.SignInAsync(ada.Email!);
        Assert.False(await visitor.IsSignedInAsync());

        var link = mail.TextBody!.Split().Single(w => w.Contains("/Account/ResetPassword?code=", StringComparison.Ordinal));
        var code = Uri.UnescapeDataString(link[(link.IndexOf("code=", StringComparison.Ordinal) + 5)..]);
        foreach (var password in new[] { "what ada chose herself", "what a thief would choose" })
        {
            await visitor.SubmitAsync(new Uri(link).PathAndQuery, "reset-password",
                ("Input.Code", code), ("Input.Email", ada.Email!), ("Input.Password", password), ("Input.ConfirmPassword", password));
        }

        await visitor.SignInAsync(ada.Email!, "what ada chose herself");
        Assert.True(await visitor.IsSignedInAsync());
        Assert.Single(await portal.AuditAsync(AuditNames.PasswordVoided), e => e.SubjectId == ada.Id);
    }

    [Fact]
    [Trait("Check", "S44")]
    public async Task A_removed_second_factor_is_mailed_and_the_password_is_enough_again()
    {
        var ada = await portal.AddUserAsync("ada@portal.example");
        await portal.EnrolAsync(ada);
        await portal.PlantPasskeyAsync(ada.Id, 1);
        var administration = portal.Services.GetRequiredService<UserAdministration>();
        await MailAboutAsync(ada.Email!, "Your second factor was removed", () => administration.RemoveSecondFactorAsync(ada.Id, Actor.Operator, default));
        Assert.Equal(0, await portal.InDatabaseAsync(async db => await db.UserPasskeys.CountAsync() + await db.RecoveryCodes.CountAsync() + await db.UserTokens.CountAsync()));
        using var visitor = portal.NewVisitor();
        await visitor.SignInAsync(ada.Email!);
        Assert.True(await visitor.IsSignedInAsync());
        Assert.Equal(AdministrationResult.NoSecondFactor, await administration.RemoveSecondFactorAsync(ada.Id, Actor.Operator, default));
        Assert.True(await visitor.IsSignedInAsync());
        Assert.Single(await portal.AuditAsync(AuditNames.SecondFactorTurnedOff), e => e.ActorKind == ActorKind.Operator && e.SubjectId == ada.Id);
    }

    [Fact]
    public async Task A_change_that_fails_is_told_to_nobody()
    {
        var ada = await portal.AddUserAsync("ada@portal.example");
        await portal.AsIdentityAsync(async users =>
        {
            var user = (await users.FindByIdAsync(ada.Id))!;
            await portal.InDatabaseAsync(db => db.Users.ExecuteUpdateAsync(set => set.SetProperty(u => u.ConcurrencyStamp, "another")));
            var failed = await users.ChangePasswordAsync(user, PortalFactory.Password, "a new long password");
            Assert.False(failed.Succeeded);
            return failed;
        });
        Assert.Empty(await portal.MailsAsync());
        Assert.Empty(await portal.AuditAsync(AuditNames.CredentialsChanged));
    }

    private static Task DoAsync(ConsequenceWorld world, string change)
    {
        (string, string)[] twice = [("Input.NewPassword", "a new long password"), ("Input.ConfirmPassword", "a new long password")];
        return change switch
        {
            "password" => world.Here.SubmitAsync("/Account/Manage/ChangePassword", "change-password", [("Input.OldPassword", world.Password), .. twice]),
            "reset" => world.UseLinkAsync(),
            "first password" => world.AsIdentityAsync(world.Here, async (users, user) =>
            {
                user.PasswordHash = null;
                await users.UpdateAsync(user);
                return await users.AddPasswordAsync(user, "a new long password");
            }),
            "factor off" => world.Here.SubmitAsync("/Account/Manage/Disable2fa", "disable-2fa"),
            "factor on" => TurnOnAsync(world),
            "codes" => world.Here.SubmitAsync("/Account/Manage/GenerateRecoveryCodes", "generate-recovery-codes"),
            "passkey added" => world.AddPasskeyAsync(world.Here),
            "passkey removed" => world.Here.SubmitAsync($"/Account/Manage/RemovePasskey/{world.PasskeyId}", "remove-passkey"),
            _ => world.AsIdentityAsync(world.Here, (users, user) => users.AddLoginAsync(user, new("elsewhere", "1", "Elsewhere"))),
        };
    }

    private static async Task TurnOnAsync(ConsequenceWorld world)
    {
        await world.SecondFactorAsync(false);
        await world.AsIdentityAsync(world.Here, (users, user) => users.SetTwoFactorEnabledAsync(user, true));
    }

    private async Task<MimeMessage> MailAboutAsync(string to, string subject, Func<Task> act)
    {
        var before = await MailsAsync(to, subject);
        await act();
        return Assert.Single((await MailsAsync(to, subject)).ExceptBy(before.Select(m => m.MessageId), m => m.MessageId));
    }

    private async Task<List<MimeMessage>> MailsAsync(string to, string subject) =>
        [.. (await portal.MailsAsync()).Where(m => m.Subject == $"ConcurrentSessions: {subject}" && m.To.Mailboxes.Any(a => a.Address == to))];
}
