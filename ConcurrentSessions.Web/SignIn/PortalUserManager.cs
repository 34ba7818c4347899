using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Identity's user manager, with what it leaves out about when credentials have changed.</summary>
public sealed class PortalUserManager(
    IUserStore<PortalUser> store, IOptions<IdentityOptions> options, IPasswordHasher<PortalUser> hasher,
    IEnumerable<IUserValidator<PortalUser>> userValidators, IEnumerable<IPasswordValidator<PortalUser>> passwordValidators,
    ILookupNormalizer normalizer, IdentityErrorDescriber errors, IServiceProvider services, ILogger<UserManager<PortalUser>> logger)
    : UserManager<PortalUser>(store, options, hasher, userValidators, passwordValidators, normalizer, errors, services, logger)
{
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
}
