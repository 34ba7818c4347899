using System.Security.Cryptography;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn.Passwords;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// Identity's user manager, where each change of a factor is one change with its consequences (<see cref="PortalUserStore"/>),
/// and passwords are hashed through the gate.
/// </summary>
public sealed partial class PortalUserManager(
    IUserStore<PortalUser> store, IOptions<IdentityOptions> options, IPasswordHasher<PortalUser> hasher,
    IEnumerable<IUserValidator<PortalUser>> userValidators, IEnumerable<IPasswordValidator<PortalUser>> passwordValidators,
    ILookupNormalizer normalizer, IdentityErrorDescriber errors, IServiceProvider services, ILogger<UserManager<PortalUser>> logger,
    PasswordHashing hashing)
    : UserManager<PortalUser>(store, options, hasher, userValidators, passwordValidators, normalizer, errors, services, logger)
{
    private const string Portal = "[Portal]";
    private const string OfferedKey = "OfferedAuthenticatorKey";

    private static readonly IdentityError LastWayIn = new()
    {
        Code = nameof(LastWayIn),
        Description = "This is your only way to sign in. Set a password or add another way first: a passkey or a linked account.",
    };

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
        List<string> codes = [.. Enumerable.Range(0, RecoveryCode.Count).Select(_ => CreateTwoFactorRecoveryCode())];
        var done = await ChangeAsync(user, AccountChange.SecondFactorOn, async () =>
        {
            await Rows.SetAuthenticatorKeyAsync(user, key, CancellationToken);
            await Rows.RemoveTokenAsync(user, Portal, OfferedKey, CancellationToken);
            await Rows.ReplaceCodesAsync(user, codes, CancellationToken);
            Rows.Note(user, AuditNames.SecondFactorTurnedOn, "authenticator app");
            return await SetTwoFactorEnabledAsync(user, true);
        });
        return done.Succeeded ? codes : null;
    }

    /// <summary>The password alone is enough again; key and recovery codes are forgotten, in the same transaction.</summary>
    public Task<IdentityResult> TurnOffSecondFactorAsync(PortalUser user) => ChangeAsync(user, AccountChange.SecondFactorOff, async () =>
    {
        await Rows.SetAuthenticatorKeyAsync(user, GenerateNewAuthenticatorKey(), CancellationToken);
        await Rows.RemoveTokenAsync(user, Portal, OfferedKey, CancellationToken);
        await Rows.ReplaceCodesAsync(user, [], CancellationToken);
        Rows.Note(user, AuditNames.SecondFactorTurnedOff, "authenticator app");
        return await SetTwoFactorEnabledAsync(user, false);
    });

    /// <returns>The new codes, of which the old ones are none any more; null when they could not be saved.</returns>
    public override async Task<IEnumerable<string>?> GenerateNewTwoFactorRecoveryCodesAsync(PortalUser user, int number)
    {
        IEnumerable<string>? codes = null;
        var done = await ChangeAsync(user, AccountChange.RecoveryCodesMade, async () =>
        {
            Rows.Note(user, AuditNames.RecoveryCodesMade, $"{number} recovery codes, the old ones are void");
            codes = await base.GenerateNewTwoFactorRecoveryCodesAsync(user, number);
            return codes is null ? IdentityResult.Failed(ErrorDescriber.ConcurrencyFailure()) : IdentityResult.Success;
        });
        return done.Succeeded ? codes : null;
    }

    /// <summary>Takes a recovery code, once. The account's row stays as it is: nothing in it changes.</summary>
    public override async Task<IdentityResult> RedeemTwoFactorRecoveryCodeAsync(PortalUser user, string code) =>
        await Rows.RedeemCodeAsync(user, code, CancellationToken)
            ? IdentityResult.Success
            : IdentityResult.Failed(ErrorDescriber.RecoveryCodeRedemptionFailed());

    /// <summary>Counts nothing: guesses are counted elsewhere, and to write the account's row would trip up a right code that comes at the same time.</summary>
    public override Task<IdentityResult> AccessFailedAsync(PortalUser user) => Task.FromResult(IdentityResult.Success);

    /// <summary>A new one changes who may sign in; one that was used or renamed does not.</summary>
    public override async Task<IdentityResult> AddOrUpdatePasskeyAsync(PortalUser user, UserPasskeyInfo passkey) =>
        await GetPasskeyAsync(user, passkey.CredentialId) is null
            ? await ChangeAsync(user, AccountChange.PasskeyAdded, () => base.AddOrUpdatePasskeyAsync(user, passkey))
            : await base.AddOrUpdatePasskeyAsync(user, passkey);

    public override Task<IdentityResult> RemovePasskeyAsync(PortalUser user, byte[] credentialId) =>
        ChangeAsync(user, AccountChange.PasskeyRemoved, async () => await LeavesWayInAsync(user, await base.RemovePasskeyAsync(user, credentialId)));

    public override Task<IdentityResult> AddLoginAsync(PortalUser user, UserLoginInfo login) =>
        ChangeAsync(user, AccountChange.ExternalLoginAdded, () => base.AddLoginAsync(user, login));

    public override Task<IdentityResult> RemoveLoginAsync(PortalUser user, string loginProvider, string providerKey) =>
        ChangeAsync(user, AccountChange.ExternalLoginRemoved, async () => await LeavesWayInAsync(user, await base.RemoveLoginAsync(user, loginProvider, providerKey)));

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

    // In the user's turn, so that of two last ways that are given up at once one stays.
    private async Task<IdentityResult> LeavesWayInAsync(PortalUser user, IdentityResult removed) =>
        removed.Succeeded && !await Rows.HasWayInAsync(user, CancellationToken) ? IdentityResult.Failed(LastWayIn) : removed;

    private Task<IdentityResult> ChangeAsync(PortalUser user, AccountChange change, Func<Task<IdentityResult>> act) =>
        Rows.ChangeAsync(user, change, act, CancellationToken);
}
