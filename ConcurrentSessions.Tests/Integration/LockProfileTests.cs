using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>PCI DSS 8.3.4, for who must have it: ten attempts, thirty minutes; a stranger still shuts out no known device (ASVS 6.1.1).</summary>
[Trait("Check", "S15")]
public sealed class LockProfileTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new PortalFactory().With("SignIn:Guessing:Profile", "Lock");
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Ten_wrong_attempts_lock_the_account_to_unknown_browsers_for_thirty_minutes()
    {
        await GuessAsync(10);
        using var browser = portal.NewVisitor("198.51.100.4");
        using var refused = await browser.SignInAsync(ada.Email!);
        Assert.Contains("Too many attempts. Try again in 30 minutes.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        portal.Clock.Advance(TimeSpan.FromMinutes(30));
        await browser.SignInAsync(ada.Email!);
        Assert.True(await browser.IsSignedInAsync());
    }

    [Fact]
    public async Task A_known_device_is_locked_by_its_own_failures_only()
    {
        using var owner = portal.NewVisitor();
        await owner.SignInAsync(ada.Email!);
        await owner.SignOutAsync();
        await GuessAsync(10);
        await owner.SignInAsync(ada.Email!);
        Assert.True(await owner.IsSignedInAsync());
        await owner.SignOutAsync();
        for (var i = 0; i < 10; i++)
        {
            await owner.SignInAsync(ada.Email!, "not her password");
        }

        await owner.SignInAsync(ada.Email!);
        Assert.False(await owner.IsSignedInAsync());
    }

    private async Task GuessAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var guesser = portal.NewVisitor($"10.0.{i}.1");
            await guesser.SignInAsync(ada.Email!, "not her password");
        }
    }
}
