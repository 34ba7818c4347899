using ConcurrentSessions.Web.Audit;
using System.Security.Cryptography;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn.Passwords;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Identity's user manager, with what it leaves out about when credentials have changed; it hashes passwords through the gate.</summary>
public sealed class PortalUserManager(
    IUserStore<PortalUser> store, IOptions<IdentityOptions> options, IPasswordHasher<PortalUser> hasher,
    IEnumerable<IUserValidator<PortalUser>> userValidators, IEnumerable<IPasswordValidator<PortalUser>> passwordValidators,
    ILookupNormalizer normalizer, IdentityErrorDescriber errors, IServiceProvider services, ILogger<UserManager<PortalUser>> logger,
    PasswordHashing hashing)
    : UserManager<PortalUser>(store, options, hasher, userValidators, passwordValidators, normalizer, errors, services, logger)
{
    private const string Portal = "[Portal]";
    private const string OfferedKey = "OfferedAuthenticatorKey";

    private PortalUserStore Rows => (PortalUserStore)Store;

    private IUserPasswordStore<PortalUser> Passwords => (IUserPasswordStore<PortalUser>)Store;

    /// <summary>A hash with too few rounds is made anew. That is no change of credentials: nothing ends by it.</summary>
    /// <exception cref="PortalBusyException"/>
    public override async Task<bool> CheckPasswordAsync(PortalUser user, string password)
    {
        var verdict = await VerifyPasswordAsync(Passwords, user, password);
        if (verdict is PasswordVerificationResult.SuccessRehashNeeded)
        {
            await ((PortalUserStore)Store).RenewHashAsync(user, await hashing.HashAsync(user, password, CancellationToken), CancellationToken);
        }

        return verdict is not PasswordVerificationResult.Failed;
    }

    /// <exception cref="PortalBusyException"/>
    public override async Task<IdentityResult> CreateAsync(PortalUser user, string password)
    {
        var taken = await TakeAsync(user, password);
        return taken.Succeeded ? await CreateAsync(user) : taken;
    }

    /// <exception cref="PortalBusyException"/>
    public override async Task<IdentityResult> AddPasswordAsync(PortalUser user, string password)
    {
        if (await HasPasswordAsync(user))
        {
            return IdentityResult.Failed(ErrorDescriber.UserAlreadyHasPassword());
        }

        var taken = await TakeAsync(user, password);
        return taken.Succeeded ? await UpdateUserAsync(user) : taken;
    }

    /// <exception cref="PortalBusyException"/>
    public override async Task<IdentityResult> ChangePasswordAsync(PortalUser user, string currentPassword, string newPassword)
    {
        if (await VerifyPasswordAsync(Passwords, user, currentPassword) is PasswordVerificationResult.Failed)
        {
            return IdentityResult.Failed(ErrorDescriber.PasswordMismatch());
        }

        var taken = await TakeAsync(user, newPassword);
        return taken.Succeeded ? await UpdateUserAsync(user) : taken;
    }

    /// <exception cref="PortalBusyException"/>
    public override async Task<IdentityResult> ResetPasswordAsync(PortalUser user, string token, string newPassword)
    {
        if (!await VerifyUserTokenAsync(user, Options.Tokens.PasswordResetTokenProvider, ResetPasswordTokenPurpose, token))
        {
            return IdentityResult.Failed(ErrorDescriber.InvalidToken());
        }

        var taken = await TakeAsync(user, newPassword);
        return taken.Succeeded ? await UpdateUserAsync(user) : taken;
    }

    /// <summary>A key that no sign-in uses yet is no credential: making one, by opening the enrolment page, ends nothing.</summary>
    public override async Task<IdentityResult> ResetAuthenticatorKeyAsync(PortalUser user)
    {
        if (user.TwoFactorEnabled)
        {
            return await base.ResetAuthenticatorKeyAsync(user);
        }

        await Rows.SetAuthenticatorKeyAsync(user, GenerateNewAuthenticatorKey(), CancellationToken);
        return await UpdateAsync(user);
    }

    /// <summary>Makes a key for another app. The one in use goes on until a code of the new one has been given, so that there is always one.</summary>
    public async Task<IdentityResult> OfferAuthenticatorKeyAsync(PortalUser user)
    {
        await Rows.SetTokenAsync(user, Portal, OfferedKey, GenerateNewAuthenticatorKey(), CancellationToken);
        return await UpdateAsync(user);
    }

    /// <summary>The key that waits to replace the one in use; null when none does.</summary>
    public Task<string?> GetOfferedKeyAsync(PortalUser user) => Rows.GetTokenAsync(user, Portal, OfferedKey, CancellationToken);

    /// <summary>From now on a sign-in needs a code of this key. Key, account, new recovery codes and the audit record are one transaction.</summary>
    /// <returns>The recovery codes, to be shown once; null when the account was changed by somebody else meanwhile.</returns>
    public async Task<IReadOnlyList<string>?> TurnOnSecondFactorAsync(PortalUser user, string key)
    {
        await Rows.SetAuthenticatorKeyAsync(user, key, CancellationToken);
        await Rows.RemoveTokenAsync(user, Portal, OfferedKey, CancellationToken);
        List<string> codes = [.. Enumerable.Range(0, RecoveryCode.Count).Select(_ => CreateTwoFactorRecoveryCode())];
        await Rows.ReplaceCodesAsync(user, codes, CancellationToken);
        Rows.Note(user, AuditNames.SecondFactorTurnedOn, "authenticator app");
        return (await SetTwoFactorEnabledAsync(user, true)).Succeeded ? codes : null;
    }

    /// <summary>The password alone is enough again; key and recovery codes are forgotten, in the same transaction.</summary>
    public async Task<IdentityResult> TurnOffSecondFactorAsync(PortalUser user)
    {
        await Rows.SetAuthenticatorKeyAsync(user, GenerateNewAuthenticatorKey(), CancellationToken);
        await Rows.RemoveTokenAsync(user, Portal, OfferedKey, CancellationToken);
        await Rows.ReplaceCodesAsync(user, [], CancellationToken);
        Rows.Note(user, AuditNames.SecondFactorTurnedOff, "authenticator app");
        return await SetTwoFactorEnabledAsync(user, false);
    }

    public override Task<IEnumerable<string>?> GenerateNewTwoFactorRecoveryCodesAsync(PortalUser user, int number)
    {
        Rows.Note(user, AuditNames.RecoveryCodesMade, $"{number} recovery codes, the old ones are void");
        return base.GenerateNewTwoFactorRecoveryCodesAsync(user, number);
    }

    /// <summary>Takes a recovery code, once. The account's row stays as it is: nothing in it changes.</summary>
    public override async Task<IdentityResult> RedeemTwoFactorRecoveryCodeAsync(PortalUser user, string code) =>
        await Rows.RedeemCodeAsync(user, code, CancellationToken)
            ? IdentityResult.Success
            : IdentityResult.Failed(ErrorDescriber.RecoveryCodeRedemptionFailed());

    /// <summary>Counts nothing: guesses are counted elsewhere, and to write the account's row would trip up a right code that comes at the same time.</summary>
    public override Task<IdentityResult> AccessFailedAsync(PortalUser user) => Task.FromResult(IdentityResult.Success);

    /// <summary>A passkey that is gone must end what was opened with it: one transaction.</summary>
    public override async Task<IdentityResult> RemovePasskeyAsync(PortalUser user, byte[] credentialId)
    {
        await Rows.DropPasskeyAsync(user, credentialId, CancellationToken);
        return await UpdateSecurityStampAsync(user);
    }

    protected override string CreateTwoFactorRecoveryCode() => RecoveryCode.New();

    protected override async Task<PasswordVerificationResult> VerifyPasswordAsync(
        IUserPasswordStore<PortalUser> store, PortalUser user, string password) =>
        await store.GetPasswordHashAsync(user, CancellationToken) is { } hash
            ? await hashing.VerifyAsync(user, hash, password, CancellationToken)
            : PasswordVerificationResult.Failed;

    // Identity's own would hash on the thread of the request.
    private async Task<IdentityResult> TakeAsync(PortalUser user, string password)
    {
        var valid = await ValidatePasswordAsync(user, password);
        if (valid.Succeeded)
        {
            await Passwords.SetPasswordHashAsync(user, await hashing.HashAsync(user, password, CancellationToken), CancellationToken);
            user.SecurityStamp = RandomNumberGenerator.GetHexString(40);
        }

        return valid;
    }
}
