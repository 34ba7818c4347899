using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// Compares a password with an account's hash, and does the same work when there is no account or it has no password,
/// so that the time of an answer tells nothing (ASVS 6.3.8).
/// </summary>
public sealed class PasswordCheck(IPasswordHasher<PortalUser> hasher)
{
    private static readonly PortalUser Nobody = new();

    // Once per program: made per request it would be a second hash, and tell by its time.
    private static string? hashOfNothing;

    public async Task<bool> IsRightAsync(UserManager<PortalUser> users, PortalUser? user, string password)
    {
        if (user?.PasswordHash is not null)
        {
            return await users.CheckPasswordAsync(user, password);
        }

        hashOfNothing ??= hasher.HashPassword(Nobody, Guid.NewGuid().ToString());
        hasher.VerifyHashedPassword(Nobody, hashOfNothing, password);
        return false;
    }
}
