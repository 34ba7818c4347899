using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>Asks for the password again before a change that a passer-by at an open screen must not make.</summary>
public sealed class PasswordProof(UserManager<PortalUser> users)
{
    /// <returns>Null when the password is right or the account has none.</returns>
    public async Task<string?> ProblemAsync(PortalUser user, string? password)
    {
        if (!await users.HasPasswordAsync(user))
        {
            return null;
        }

        return string.IsNullOrEmpty(password) ? "Enter your password to confirm."
            : await users.CheckPasswordAsync(user, password) ? null
            : "This is not your password.";
    }
}
