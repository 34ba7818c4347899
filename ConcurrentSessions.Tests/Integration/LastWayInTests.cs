using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>An account without a password keeps its last passkey or login elsewhere.</summary>
[Trait("Check", "S03")]
public sealed class LastWayInTests : IAsyncLifetime
{
    private const string Refusal = "This is your only way to sign in.";

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;
    private Visitor desk = null!;

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync("ada@portal.example");
        desk = portal.NewVisitor();
        await desk.SignInAsync(ada.Email!);
        await portal.ByHandAsync("UPDATE \"AspNetUsers\" SET \"PasswordHash\" = NULL");
    }

    public async ValueTask DisposeAsync()
    {
        desk.Dispose();
        await portal.DisposeAsync();
    }

    [Fact]
    [Trait("Check", "S55")]
    public async Task The_last_passkey_stays_and_the_page_says_why()
    {
        await portal.PlantPasskeyAsync(ada.Id, 1);
        using var refused = await desk.SubmitAsync("/Account/Manage/RemovePasskey/AQ", "remove-passkey");
        Assert.Contains(Refusal, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await WaysAsync());
        Assert.True(await desk.IsSignedInAsync());

        await portal.PlantPasskeyAsync(ada.Id, 2);
        await desk.SubmitAsync("/Account/Manage/RemovePasskey/AQ", "remove-passkey");
        Assert.Equal(1, await WaysAsync());
    }

    [Fact]
    public async Task With_a_login_elsewhere_the_passkey_may_go_and_then_the_login_stays()
    {
        await portal.PlantPasskeyAsync(ada.Id, 1);
        await portal.ByHandAsync($"INSERT INTO \"AspNetUserLogins\" (\"LoginProvider\", \"ProviderKey\", \"UserId\") VALUES ('elsewhere', '1', '{ada.Id}')");
        await desk.SubmitAsync("/Account/Manage/RemovePasskey/AQ", "remove-passkey");
        Assert.Equal(1, await WaysAsync());
        using var refused = await desk.SubmitAsync("/Account/Manage/ExternalLogins", "unlink-1");
        using var page = await desk.GetAsync(refused.Headers.Location!.PathAndQuery());
        Assert.Contains(Refusal, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(1, await WaysAsync());
    }

    [Fact]
    public async Task Of_two_last_passkeys_given_up_at_once_one_stays_whoever_comes_second()
    {
        for (var round = 0; round < 3; round++)
        {
            await portal.PlantPasskeyAsync(ada.Id, 1);
            await portal.PlantPasskeyAsync(ada.Id, 2);
            var removed = await portal.RemoveBothPasskeysAtOnceAsync(ada.Id);
            Assert.Single(removed, r => r.Succeeded);
            var left = Assert.Single(await portal.InDatabaseAsync(db => db.UserPasskeys.Select(p => p.CredentialId).ToListAsync()));
            var again = await portal.AsIdentityAsync(async users => await users.RemovePasskeyAsync((await users.FindByIdAsync(ada.Id))!, left));
            Assert.StartsWith(Refusal, Assert.Single(again.Errors).Description, StringComparison.Ordinal);
            Assert.Equal(1, await WaysAsync());
            await portal.InDatabaseAsync(db => db.UserPasskeys.ExecuteDeleteAsync());
        }
    }

    private Task<int> WaysAsync() => portal.InDatabaseAsync(async db => await db.UserPasskeys.CountAsync() + await db.UserLogins.CountAsync());
}
