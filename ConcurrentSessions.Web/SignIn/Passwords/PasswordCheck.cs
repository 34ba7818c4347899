using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn.Passwords;

/// <summary>
/// Compares a password with an account's hash, and does the same work when there is no account or it has no password,
/// so that the time of an answer tells nothing (ASVS 6.3.8).
/// </summary>
public sealed class PasswordCheck(PasswordHashing hashing)
{
    private static readonly PortalUser Nobody = new();

    // Once per node: made per request it would be a second hash, and tell by its time.
    private string? hashOfNothing;

    /// <exception cref="PortalBusyException"/>
    public async Task<bool> IsRightAsync(UserManager<PortalUser> users, PortalUser? user, string password)
    {
        if (user?.PasswordHash is not null)
        {
            return await users.CheckPasswordAsync(user, password);
        }

        hashOfNothing ??= await hashing.HashAsync(Nobody, Guid.NewGuid().ToString());
        await hashing.VerifyAsync(Nobody, hashOfNothing, password);
        return false;
    }
}
