using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Whose role requires a second factor always has one: it is exchanged, and the last is not given up (ASVS 6.3.3).</summary>
[Trait("Check", "S12")]
public sealed class LastFactorTests : IAsyncLifetime
{
    private const string Root = "root@portal.example";

    private readonly PortalFactory portal = new();
    private PortalUser root = null!;

    public async ValueTask InitializeAsync() => root = await portal.AddUserAsync(Root, Roles.Admin, Roles.User);

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Whose_role_requires_it_cannot_turn_the_last_one_off()
    {
        using var laptop = await portal.MustEnrolAsync(Root);
        await portal.TurnOnAsync(laptop, root.Id);
        using var refused = await TurnOffAsync(laptop);
        Assert.Contains("this is your only one", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True((await portal.UserAsync(Root)).TwoFactorEnabled);
        Assert.True(await laptop.IsSignedInAsync());

        await portal.PlantPasskeyAsync(root.Id, 1);
        await TurnOffAsync(laptop);
        Assert.False((await portal.UserAsync(Root)).TwoFactorEnabled);
        Assert.True(await laptop.IsSignedInAsync());

        Assert.False((await RemovePasskeyAsync(1)).Succeeded);
        Assert.Equal(1, await portal.InDatabaseAsync(db => db.UserPasskeys.CountAsync()));
        await portal.RequireSecondFactorAsync(Roles.Admin, required: false);
        Assert.True((await RemovePasskeyAsync(1)).Succeeded);
    }

    [Fact]
    public async Task Of_two_last_factors_given_up_at_once_one_stays_whoever_comes_second()
    {
        await portal.RequireSecondFactorAsync(Roles.Admin);
        for (var round = 0; round < 3; round++)
        {
            await portal.PlantPasskeyAsync(root.Id, 1);
            await portal.PlantPasskeyAsync(root.Id, 2);
            var removed = await portal.RemoveBothPasskeysAtOnceAsync(root.Id);
            Assert.Single(removed, r => r.Succeeded);
            var left = Assert.Single(await portal.InDatabaseAsync(db => db.UserPasskeys.Select(p => p.CredentialId).ToListAsync()));
            var again = await RemovePasskeyAsync(left[0]);
            Assert.Contains("this is your only one", Assert.Single(again.Errors).Description, StringComparison.Ordinal);
            Assert.Equal(1, await portal.InDatabaseAsync(db => db.UserPasskeys.CountAsync()));
            await portal.InDatabaseAsync(db => db.UserPasskeys.ExecuteDeleteAsync());
        }
    }

    [Fact]
    public async Task Moving_to_another_app_leaves_no_moment_without_one()
    {
        using var laptop = await portal.MustEnrolAsync(Root);
        var old = await portal.TurnOnAsync(laptop, root.Id);
        using var moved = await laptop.SubmitAsync("/Account/Manage/ResetAuthenticator", "reset-authenticator", ("Input.Password", PortalFactory.Password));
        Assert.Equal("/Account/Manage/EnableAuthenticator", moved.Headers.Location!.PathAndQuery());
        Assert.Equal(old, await portal.KeyAsync(root.Id));
        Assert.True((await portal.UserAsync(Root)).TwoFactorEnabled);

        portal.Clock.Advance(TimeSpan.FromSeconds(30));
        using var page = await laptop.GetAsync("/Account/Manage/EnableAuthenticator");
        var offered = System.Text.RegularExpressions.Regex.Match(await page.Content.ReadAsStringAsync(), "class=\"key\">([^<]+)<").Groups[1].Value
            .Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        await laptop.SubmitAsync("/Account/Manage/EnableAuthenticator", "enable-authenticator", ("Input.Code", portal.CodeOf(old)));
        Assert.Equal(old, await portal.KeyAsync(root.Id));
        await laptop.SubmitAsync("/Account/Manage/EnableAuthenticator", "enable-authenticator", ("Input.Code", portal.CodeOf(offered)));
        Assert.Equal(offered, await portal.KeyAsync(root.Id));
        Assert.True(await laptop.IsSignedInAsync());
        using var again = await laptop.GetAsync("/Account/Manage/EnableAuthenticator");
        Assert.Equal("/Account/Manage/TwoFactorAuthentication", again.Headers.Location!.PathAndQuery());
    }

    private static Task<HttpResponseMessage> TurnOffAsync(Visitor laptop) =>
        laptop.SubmitAsync("/Account/Manage/Disable2fa", "disable-2fa", ("Input.Password", PortalFactory.Password));

    private Task<IdentityResult> RemovePasskeyAsync(int id) => portal.AsIdentityAsync(async users =>
        await users.RemovePasskeyAsync((await users.FindByIdAsync(root.Id))!, [(byte)id]));
}
