using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn.Passwords;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn;

/// <content>
/// What the owner of a mailbox does with its account. Anybody can register any address, with a password or a login elsewhere of
/// their own; before the address is confirmed neither opens anything, and when it is confirmed neither may be a stranger's.
/// </content>
public sealed partial class PortalUserManager
{
    /// <summary>Of an account whose address was never confirmed, this confirms it, and everything else that signed in to it is forgotten.</summary>
    /// <exception cref="PortalBusyException"/>
    public override async Task<IdentityResult> ResetPasswordAsync(PortalUser user, string token, string newPassword)
    {
        if (!await VerifyUserTokenAsync(user, Options.Tokens.PasswordResetTokenProvider, ResetPasswordTokenPurpose, token))
        {
            return IdentityResult.Failed(ErrorDescriber.InvalidToken());
        }

        var change = user.PasswordHash is null ? AccountChange.PasswordSet : AccountChange.PasswordChanged;
        var taken = await TakeAsync(user, newPassword);
        return !taken.Succeeded ? taken
            : user.EmailConfirmed ? await UpdateUserAsync(user)
            : await ConfirmAloneAsync(user, change);
    }

    /// <summary>Confirms the address.</summary>
    /// <param name="keepLogins">Whoever confirms has shown that the logins elsewhere are theirs; else they are unlinked.</param>
    public async Task<IdentityResult> ConfirmEmailAsync(PortalUser user, string token, bool keepLogins)
    {
        if (keepLogins || user.EmailConfirmed || (await GetLoginsAsync(user)).Count is 0)
        {
            return await ConfirmEmailAsync(user, token);
        }

        return await VerifyUserTokenAsync(user, Options.Tokens.EmailConfirmationTokenProvider, ConfirmEmailTokenPurpose, token)
            ? await ConfirmAloneAsync(user, AccountChange.ExternalLoginRemoved)
            : IdentityResult.Failed(ErrorDescriber.InvalidToken());
    }

    private Task<IdentityResult> ConfirmAloneAsync(PortalUser user, AccountChange change) => ChangeAsync(user, change, async () =>
    {
        await Rows.ForgetAllButPasswordAsync(user, CancellationToken);
        user.EmailConfirmed = true;
        return IdentityResult.Success;
    });
}
