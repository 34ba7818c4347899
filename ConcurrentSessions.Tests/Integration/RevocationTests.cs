using System.Net;
using System.Text.Json;
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

public sealed class RevocationTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;
    private PortalUser boss = null!;

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync("ada@portal.example");
        boss = await portal.AddUserAsync("boss@portal.example", Roles.Admin);
        await portal.LimitAsync(Roles.User, 10);
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    [Trait("Check", "S04")]
    public async Task One_session_ends_another_and_stays()
    {
        using var here = portal.NewVisitor();
        using var there = portal.NewVisitor();
        await here.SignInAsync(ada.Email!);
        await there.SignInAsync(ada.Email!);
        var other = await there.JsonAsync<JsonElement>("/api/session");
        using var answer = await here.DeleteAsync($"/api/sessions/{other.GetProperty("id").GetString()}");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.False(await there.IsSignedInAsync());
        Assert.True(await here.IsSignedInAsync());
        var ended = Assert.Single(await portal.AuditAsync(AuditNames.SessionEnded));
        Assert.Equal((nameof(EndReason.Revoked), ada.Id, "203.0.113.7"), (ended.Reason, ended.ActorId, ended.IpAddress));
    }

    [Fact]
    [Trait("Check", "S04")]
    public async Task Of_five_devices_only_the_one_that_signs_out_all_others_stays()
    {
        var devices = Enumerable.Range(0, 5).Select(_ => portal.NewVisitor()).ToList();
        foreach (var device in devices)
        {
            await device.SignInAsync(ada.Email!);
        }

        using var answer = await devices[2].DeleteAsync("/api/sessions");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("4", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        for (var i = 0; i < devices.Count; i++)
        {
            Assert.Equal(i == 2, await devices[i].IsSignedInAsync());
            devices[i].Dispose();
        }
    }

    [Fact]
    [Trait("Check", "S31")]
    public async Task Signing_out_all_others_asks_for_a_factor_again_after_five_minutes()
    {
        using var here = portal.NewVisitor();
        using var there = portal.NewVisitor();
        await here.SignInAsync(ada.Email!);
        await there.SignInAsync(ada.Email!);
        portal.Clock.Advance(TimeSpan.FromMinutes(6));
        using var stale = await here.DeleteAsync("/api/sessions");
        Assert.Equal(HttpStatusCode.Forbidden, stale.StatusCode);
        Assert.True(await there.IsSignedInAsync());

        var before = here.Cookie(BrowserCookies.Session);
        await here.SubmitAsync("/Account/Reauthenticate", "reauthenticate", ("Input.Password", PortalFactory.Password));
        Assert.NotEqual(before, here.Cookie(BrowserCookies.Session));
        using var fresh = await here.DeleteAsync("/api/sessions");
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
        Assert.False(await there.IsSignedInAsync());

        using var thief = portal.NewVisitor();
        thief.PlantCookie(BrowserCookies.Session, before!);
        Assert.False(await thief.IsSignedInAsync());
    }

    [Fact]
    public async Task A_sign_in_begun_before_everything_was_ended_comes_to_nothing()
    {
        var client = new ClientDescription(null, "", new("Firefox", "Linux", DeviceType.Desktop), Place.Unknown);
        var begun = new SignInRequest(ada.Id, ada.Generation, AuthenticationMethod.Password, client, false, null, null, []);
        await portal.Services.GetRequiredService<SessionEnder>().EndAllAsync(ada.Id, EndReason.Revoked, Actor.Operator, default);
        Assert.IsType<SignInOutcome.Overtaken>(await portal.Services.GetRequiredService<SessionRegistry>().OpenAsync(begun, default));
        Assert.Empty(await portal.ActiveSessionsAsync(ada.Email!));
    }

    [Theory]
    [Trait("Check", "S06")]
    [InlineData("reset by mail")]
    [InlineData("second factor on")]
    [InlineData("second factor off")]
    [InlineData("address changed")]
    public async Task A_change_of_credentials_ends_every_session_and_every_half_finished_sign_in(string change)
    {
        if (change == "second factor off")
        {
            await portal.EnrolAsync(ada);
        }

        using var device = portal.NewVisitor();
        await portal.InDatabaseAsync(db => db.Users.Where(u => u.Id == ada.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.TwoFactorEnabled, false)));
        await device.SignInAsync(ada.Email!, remember: true);
        await portal.InDatabaseAsync(db => db.Users.Where(u => u.Id == ada.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.TwoFactorEnabled, change == "second factor off")));
        await portal.AsIdentityAsync(async users =>
        {
            var user = (await users.FindByIdAsync(ada.Id))!;
            return change switch
            {
                "reset by mail" => await users.ResetPasswordAsync(user, await users.GeneratePasswordResetTokenAsync(user), "another long password"),
                "second factor on" => await users.SetTwoFactorEnabledAsync(user, true),
                "second factor off" => await users.SetTwoFactorEnabledAsync(user, false),
                _ => await users.ChangeEmailAsync(user, "ada2@portal.example", await users.GenerateChangeEmailTokenAsync(user, "ada2@portal.example")),
            };
        });
        Assert.False(await device.IsSignedInAsync());
        Assert.Contains(await portal.AuditAsync(AuditNames.CredentialsChanged), e => e.SubjectId == ada.Id);
    }

    [Fact]
    [Trait("Check", "S06")]
    public async Task A_password_change_kills_a_sign_in_that_waits_for_its_second_factor()
    {
        var (key, _) = await portal.EnrolAsync(ada);
        using var thief = portal.NewVisitor();
        await thief.SignInAsync(ada.Email!);
        await portal.AsIdentityAsync(async users => await users.ChangePasswordAsync(
            (await users.FindByIdAsync(ada.Id))!, PortalFactory.Password, "another long password"));
        using var page = await thief.GetAsync("/Account/LoginWith2fa");
        Assert.Equal(HttpStatusCode.Found, page.StatusCode);
        Assert.NotEmpty(key);
        Assert.Empty(await portal.ActiveSessionsAsync(ada.Email!));
    }

    [Fact]
    [Trait("Check", "S07")]
    public async Task Disabling_an_account_ends_everything_and_enabling_it_revives_nothing()
    {
        using var device = portal.NewVisitor();
        await device.SignInAsync(ada.Email!, remember: true);
        var administration = portal.Services.GetRequiredService<UserAdministration>();
        Assert.Null((await administration.DisableAsync(ada.Id, await SignedInBossAsync(), default)).Problem);
        Assert.False(await device.IsSignedInAsync());
        using var again = portal.NewVisitor();
        await again.SignInAsync(ada.Email!);
        Assert.False(await again.IsSignedInAsync());
        await administration.EnableAsync(ada.Id, await SignedInBossAsync(), default);
        Assert.False(await device.IsSignedInAsync());
        await again.SignInAsync(ada.Email!);
        Assert.True(await again.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S07")]
    public async Task Deleting_ones_account_ends_every_session_of_it_and_keeps_the_trail()
    {
        using var device = portal.NewVisitor();
        await device.SignInAsync(ada.Email!);
        await portal.AsIdentityAsync(async users => await users.DeleteAsync((await users.FindByIdAsync(ada.Id))!));
        Assert.False(await device.IsSignedInAsync());
        Assert.Contains(await portal.AuditAsync(AuditNames.UserDeleted), e => e.SubjectId == ada.Id);
        Assert.Contains(await portal.AuditAsync(AuditNames.SessionCreated), e => e.SubjectId == ada.Id);
    }

    private async Task<Actor> SignedInBossAsync()
    {
        using var desk = portal.NewVisitor();
        await desk.SignInAsync(boss.Email!);
        return Actor.Person(boss.Id, (await portal.ActiveSessionsAsync(boss.Email!))[0].Id.Value, "203.0.113.7");
    }
}
