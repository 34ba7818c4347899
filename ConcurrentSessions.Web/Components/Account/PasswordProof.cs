using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn.Guessing;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>
/// Asks for the password again before a change that a passer-by at an open screen must not make. Counted and audited like a
/// sign-in (ASVS 6.3.1): an open session is no place to guess in.
/// </summary>
public sealed class PasswordProof(UserManager<PortalUser> users, PasswordAttempts passwords)
{
    /// <param name="ifWrong">What to say when it is not the password.</param>
    /// <returns>Null when the password is right or the account has none.</returns>
    public async Task<string?> ProblemAsync(PortalUser user, string? password, string ifWrong = "This is not your password.")
    {
        if (!await users.HasPasswordAsync(user))
        {
            return null;
        }

        if (string.IsNullOrEmpty(password))
        {
            return "Enter your password to confirm.";
        }

        var tried = password.Length > NewPassword.Longest
            ? SignInResult.Failed
            : await passwords.TryAsync(user, user.NormalizedUserName!, password, "wrong password at a change of the account");
        return tried.Succeeded ? null : SignInNextStep.After(tried, returnUrl: null, remember: false, ifWrong).Message;
    }
}
