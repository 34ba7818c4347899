using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Identity's user manager, where each change of a factor is one change with its consequences: see <see cref="PortalUserStore"/>.</summary>
public sealed class PortalUserManager(
    IUserStore<PortalUser> store, IOptions<IdentityOptions> options, IPasswordHasher<PortalUser> hasher,
    IEnumerable<IUserValidator<PortalUser>> userValidators, IEnumerable<IPasswordValidator<PortalUser>> passwordValidators,
    ILookupNormalizer normalizer, IdentityErrorDescriber errors, IServiceProvider services, ILogger<UserManager<PortalUser>> logger)
    : UserManager<PortalUser>(store, options, hasher, userValidators, passwordValidators, normalizer, errors, services, logger)
{
    private const int RecoveryCodeCount = 10;

    private PortalUserStore Rows => (PortalUserStore)Store;

    /// <summary>Turns the second factor on, with recovery codes.</summary>
    /// <returns>The codes; null when it could not be saved.</returns>
    public async Task<IEnumerable<string>?> TurnSecondFactorOnAsync(PortalUser user)
    {
        IEnumerable<string>? codes = null;
        var done = await ChangeAsync(user, AccountChange.SecondFactorOn, async () =>
        {
            codes = await GenerateNewTwoFactorRecoveryCodesAsync(user, RecoveryCodeCount);
            return await SetTwoFactorEnabledAsync(user, true);
        });
        return done.Succeeded ? codes : null;
    }

    /// <summary>Turns the second factor off and forgets the key of its app.</summary>
    public Task<IdentityResult> TurnSecondFactorOffAsync(PortalUser user) => ChangeAsync(user, AccountChange.SecondFactorOff, async () =>
    {
        var off = await SetTwoFactorEnabledAsync(user, false);
        return off.Succeeded ? await ResetAuthenticatorKeyAsync(user) : off;
    });

    /// <returns>The new codes, of which the old ones are none any more; null when they could not be saved.</returns>
    public override async Task<IEnumerable<string>?> GenerateNewTwoFactorRecoveryCodesAsync(PortalUser user, int number)
    {
        IEnumerable<string>? codes = null;
        var done = await ChangeAsync(user, AccountChange.RecoveryCodesMade, async () =>
        {
            codes = await base.GenerateNewTwoFactorRecoveryCodesAsync(user, number);
            return codes is null ? IdentityResult.Failed(ErrorDescriber.ConcurrencyFailure()) : IdentityResult.Success;
        });
        return done.Succeeded ? codes : null;
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

    /// <summary>A new one changes who may sign in; one that was used or renamed does not.</summary>
    public override async Task<IdentityResult> AddOrUpdatePasskeyAsync(PortalUser user, UserPasskeyInfo passkey) =>
        await GetPasskeyAsync(user, passkey.CredentialId) is null
            ? await ChangeAsync(user, AccountChange.PasskeyAdded, () => base.AddOrUpdatePasskeyAsync(user, passkey))
            : await base.AddOrUpdatePasskeyAsync(user, passkey);

    public override Task<IdentityResult> RemovePasskeyAsync(PortalUser user, byte[] credentialId) =>
        ChangeAsync(user, AccountChange.PasskeyRemoved, () => base.RemovePasskeyAsync(user, credentialId));

    public override Task<IdentityResult> AddLoginAsync(PortalUser user, UserLoginInfo login) =>
        ChangeAsync(user, AccountChange.ExternalLoginAdded, () => base.AddLoginAsync(user, login));

    public override Task<IdentityResult> RemoveLoginAsync(PortalUser user, string loginProvider, string providerKey) =>
        ChangeAsync(user, AccountChange.ExternalLoginRemoved, () => base.RemoveLoginAsync(user, loginProvider, providerKey));

    private Task<IdentityResult> ChangeAsync(PortalUser user, AccountChange change, Func<Task<IdentityResult>> act) =>
        Rows.ChangeAsync(user, change, act, CancellationToken);
}
