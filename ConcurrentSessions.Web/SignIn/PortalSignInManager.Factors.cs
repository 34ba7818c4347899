using System.Security.Claims;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Risk;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn.Guessing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn;

/// <content>What comes after a password, and passkeys, which need none.</content>
public sealed partial class PortalSignInManager
{
    /// <summary>Also for who has a passkey alone and a role that requires a second factor: the password is not enough (ASVS 6.3.3).</summary>
    public override async Task<bool> IsTwoFactorEnabledAsync(PortalUser user) =>
        await base.IsTwoFactorEnabledAsync(user)
        || ((await UserManager.GetPasskeysAsync(user)).Count > 0
            && (await limits.EffectiveAsync(user.Id, Context.RequestAborted)).Rules.SecondFactorRequired);

    /// <summary>
    /// A browser is let off its code only while it is a device of this user, and unless this very sign-in is risky enough for the
    /// user's roles to ask all the same.
    /// </summary>
    public override async Task<bool> IsTwoFactorClientRememberedAsync(PortalUser user)
    {
        var device = Context.Request.ReadKey(BrowserCookies.Device);
        return await base.IsTwoFactorClientRememberedAsync(user)
            && device is not null
            && await devices.FindAsync(user.Id, device, Context.RequestAborted) is not null
            && (await risk.ForeseeAsync(user, client.Read(Context), device, Context.RequestAborted)).Response < RiskResponse.MailAndSecondFactor;
    }

    public override async Task<SignInResult> TwoFactorAuthenticatorSignInAsync(string code, bool isPersistent, bool rememberClient)
    {
        method = await SecondAsync(AuthenticationMethod.PasswordAndAuthenticator);
        return await SecondFactorAsync(GuessedSecret.AuthenticatorCode, () => base.TwoFactorAuthenticatorSignInAsync(code, isPersistent, rememberClient));
    }

    public override async Task<SignInResult> TwoFactorRecoveryCodeSignInAsync(string recoveryCode)
    {
        method = await SecondAsync(AuthenticationMethod.PasswordAndRecoveryCode);
        return await SecondFactorAsync(GuessedSecret.RecoveryCode, () => base.TwoFactorRecoveryCodeSignInAsync(recoveryCode));
    }

    /// <summary>Two factors in one: the device and, verified by it, its owner. No code is asked for after it (ASVS 6.3.3).</summary>
    public override async Task<SignInResult> PasskeySignInAsync(string credentialJson)
    {
        method = AuthenticationMethod.Passkey;
        var assertion = await PerformPasskeyAssertionAsync(credentialJson);
        if (assertion.Succeeded)
        {
            return await SignInWithPasskeyAsync(assertion, isPersistent: false);
        }

        await trail.FailedAsync(null, ClientReader.Address(Context), "passkey not accepted");
        metrics.SignInFailed(method);
        return SignInResult.Failed;
    }

    /// <summary>Finishes a sign-in that waits for its second factor. A passkey cannot be guessed: one that is not accepted ends the sign-in.</summary>
    /// <exception cref="InvalidOperationException">Nobody has asked this browser for a passkey, or too long ago.</exception>
    public async Task<SignInResult> TwoFactorPasskeySignInAsync(string credentialJson, bool isPersistent)
    {
        if (await PendingAsync() is not { } pending || await GetTwoFactorAuthenticationUserAsync() is not { } user)
        {
            return SignInRefused.Overtaken;
        }

        if (!await pendingFactors.CountAttemptAsync(pending, Context.RequestAborted))
        {
            return SignInRefused.TooManyCodes;
        }

        method = await SecondAsync(AuthenticationMethod.PasswordAndPasskey);
        var assertion = await PerformPasskeyAssertionAsync(credentialJson);
        if (assertion.Succeeded && assertion.User.Id == user.Id)
        {
            await pendingFactors.EndAsync(pending, Context.RequestAborted);
            return await SignInWithPasskeyAsync(assertion, isPersistent);
        }

        await trail.SecondFactorFailedAsync(user, ClientReader.Address(Context));
        metrics.SignInFailed(method);
        return SignInResult.Failed;
    }

    /// <summary>Identity keeps the challenge in a cookie, which can be copied: here each is answered once.</summary>
    public override async Task<PasskeyAssertionResult<PortalUser>> PerformPasskeyAssertionAsync(string credentialJson)
    {
        var challenge = await PendingFactorEvents.ChallengeAsync(Context);
        var assertion = await base.PerformPasskeyAssertionAsync(credentialJson);
        return assertion.Succeeded && !await passkeys.TakeAsync(challenge, assertion.Passkey.CredentialId, Context.RequestAborted)
            ? PasskeyAssertionResult.Fail<PortalUser>(new PasskeyException("The challenge was answered before."))
            : assertion;
    }

    /// <inheritdoc cref="PerformPasskeyAssertionAsync"/>
    public override async Task<PasskeyAttestationResult> PerformPasskeyAttestationAsync(string credentialJson)
    {
        var challenge = await PendingFactorEvents.ChallengeAsync(Context);
        var attestation = await base.PerformPasskeyAttestationAsync(credentialJson);
        return attestation.Succeeded && !await passkeys.TakeAsync(challenge, attestation.Passkey.CredentialId, Context.RequestAborted)
            ? PasskeyAttestationResult.Fail(new PasskeyException("The challenge was answered before."))
            : attestation;
    }

    // What the second factor comes after: a password, or somebody else's word.
    private async Task<AuthenticationMethod> SecondAsync(AuthenticationMethod afterPassword) =>
        (await Context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme)).Principal?.FindFirst(ClaimTypes.AuthenticationMethod) is null
            ? afterPassword
            : AuthenticationMethod.ExternalAndSecondFactor;

    private async Task<SignInResult> SignInWithPasskeyAsync(PasskeyAssertionResult<PortalUser> assertion, bool isPersistent)
    {
        var user = assertion.User!;
        if (await PreSignInCheck(user) is { } no)
        {
            return await NotAllowedAsync(user, no);
        }

        // Its counter has gone up.
        return (await UserManager.AddOrUpdatePasskeyAsync(user, assertion.Passkey!)).Succeeded
            ? await SignInOrTwoFactorAsync(user, isPersistent, bypassTwoFactor: true)
            : SignInResult.Failed;
    }

    private async Task<SignInResult> SecondFactorAsync(string secret, Func<Task<SignInResult>> prove)
    {
        var from = ClientReader.Address(Context);
        if (await PendingAsync() is not { } pending || await GetTwoFactorAuthenticationUserAsync() is not { } user)
        {
            return SignInRefused.Overtaken;
        }

        var guess = new Guess(secret, user.Id, user.Id, from, Context.Request.ReadKey(BrowserCookies.Device));
        using var attempt = await throttle.ReserveAsync(guess, Context.RequestAborted);
        if (attempt.IsRefused)
        {
            await trail.ThrottledAsync(user, from, attempt);
            metrics.SignInThrottled(method);
            return SignInRefused.Throttled(attempt.Wait);
        }

        if (!await pendingFactors.CountAttemptAsync(pending, Context.RequestAborted))
        {
            return SignInRefused.TooManyCodes;
        }

        var result = Refined(await prove());
        if (result == SignInResult.Failed)
        {
            await trail.SecondFactorFailedAsync(user, from);
            metrics.SignInFailed(method);
            if (await pendingFactors.FailAsync(pending, user, from, Context.RequestAborted))
            {
                await Context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
                return SignInRefused.TooManyCodes;
            }
        }
        else
        {
            await attempt.SucceededAsync();
            await pendingFactors.EndAsync(pending, Context.RequestAborted);
        }

        return result;
    }

    // The sign-in that waits in this browser for its second factor.
    private async Task<Guid?> PendingAsync() =>
        PendingFactorEvents.IdOf((await Context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme)).Principal);
}
