using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// Identity's question whether an authenticator code is right, wherever it is asked. Right are the codes of the current and the
/// previous time step, each once, ever, on all nodes: a code that was accepted takes its step with it, and no step before it is
/// accepted any more, also when the clock has gone back (ASVS 6.5.1, RFC 6238 section 5.2).
/// </summary>
public sealed class AuthenticatorCodes(IDbContextFactory<PortalDbContext> databases, TimeProvider clock) : IUserTwoFactorTokenProvider<PortalUser>
{
    // Also without a key: an account whose second factor is on and whose key is lost is asked for a code that nobody has.
    public Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<PortalUser> manager, PortalUser user) => Task.FromResult(true);

    /// <returns>Nothing: the app makes the codes.</returns>
    public Task<string> GenerateAsync(string purpose, UserManager<PortalUser> manager, PortalUser user) => Task.FromResult("");

    public async Task<bool> ValidateAsync(string purpose, string token, UserManager<PortalUser> manager, PortalUser user) =>
        await manager.GetAuthenticatorKeyAsync(user) is { Length: > 0 } key && await TakeAsync(user.Id, key, token);

    /// <summary>Accepts a code of this key, once.</summary>
    /// <param name="key">Base 32; in use already, or about to be.</param>
    public async Task<bool> TakeAsync(string userId, string key, string code) =>
        Totp.StepOf(code, key, clock.GetUtcNow()) is { } step && await TakeAsync(userId, step);

    // One statement decides: of many that bring the same code at once, one changes the row.
    private async Task<bool> TakeAsync(string userId, long step)
    {
        await using var db = await databases.CreateDbContextAsync();
        return await db.Users.Where(u => u.Id == userId && u.LastTotpStep < step)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.LastTotpStep, step)) == 1;
    }
}
