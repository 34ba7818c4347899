using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class SignInTimingTests
{
    /// <summary>Counts the hashes instead of timing them: the same number of the same hash is the same time.</summary>
    [Theory]
    [Trait("Check", "M7")]
    [Trait("Check", "S30")]
    [InlineData("with a password")]
    [InlineData("without a password")]
    [InlineData("nobody")]
    public async Task Nobody_and_somebody_cost_one_hash_alike(string whose)
    {
        await using var portal = new PortalFactory();
        await portal.AddUserAsync("ada@portal.example");
        var counting = new CountingHasher();
        await using var scope = portal.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
        users.PasswordHasher = counting;
        var user = whose == "nobody" ? null : (await users.FindByNameAsync("ada@portal.example"))!;
        if (whose == "without a password")
        {
            user!.PasswordHash = null;
        }

        Assert.False(await new PasswordCheck(counting).IsRightAsync(users, user, "wrong"));
        Assert.Equal(1, counting.Verified);
    }

    private sealed class CountingHasher : IPasswordHasher<PortalUser>
    {
        public int Verified { get; private set; }

        public string HashPassword(PortalUser user, string password) => "hash";

        public PasswordVerificationResult VerifyHashedPassword(PortalUser user, string hashedPassword, string providedPassword)
        {
            Verified++;
            return PasswordVerificationResult.Failed;
        }
    }
}
