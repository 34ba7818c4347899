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

        var keys = (IUserAuthenticatorKeyStore<PortalUser>)Store;
        await keys.SetAuthenticatorKeyAsync(user, GenerateNewAuthenticatorKey(), CancellationToken);
        return await UpdateAsync(user);
    }

    /// <summary>A passkey that is gone must end what was opened with it.</summary>
    public override async Task<IdentityResult> RemovePasskeyAsync(PortalUser user, byte[] credentialId)
    {
        var removed = await base.RemovePasskeyAsync(user, credentialId);
        return removed.Succeeded ? await UpdateSecurityStampAsync(user) : removed;
    }

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
