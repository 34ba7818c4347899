using System.Security.Claims;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn.Guessing;
using ConcurrentSessions.Web.SignIn.Passkeys;
using ConcurrentSessions.Web.Telemetry;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// The choke point: every way to be signed in ends in <see cref="SignInWithClaimsAsync(PortalUser, AuthenticationProperties?, IEnumerable{Claim})"/>,
/// which opens exactly one session or refreshes the one that is there.
/// </summary>
public sealed class PortalSignInManager(
    UserManager<PortalUser> users, IHttpContextAccessor contexts, IUserClaimsPrincipalFactory<PortalUser> claims,
    IOptions<IdentityOptions> options, ILogger<SignInManager<PortalUser>> logger, IAuthenticationSchemeProvider schemes,
    IUserConfirmation<PortalUser> confirmation, SessionRegistry registry, ClientReader client, SignInThrottle throttle,
    SignInTrail trail, PasswordAttempts passwords, PasskeyUses passkeys, SessionMetrics metrics, TimeProvider clock)
    : SignInManager<PortalUser>(users, contexts, claims, options, logger, schemes, confirmation)
{
    private const int SecondFactorTries = 5;

    private AuthenticationMethod method = AuthenticationMethod.Link;
    private SignInRefused? refused;

    public override async Task<SignInResult> PasswordSignInAsync(string userName, string password, bool isPersistent, bool lockoutOnFailure)
    {
        method = AuthenticationMethod.Password;
        var user = await UserManager.FindByNameAsync(userName);
        var tried = await passwords.TryAsync(user, UserManager.NormalizeName(userName), password, "wrong password");
        if (tried is SignInRefused)
        {
            metrics.SignInThrottled(method);
            return tried;
        }

        if (!tried.Succeeded)
        {
            metrics.SignInFailed(method);
            return tried;
        }

        return await PreSignInCheck(user!) is { } no
            ? await NotAllowedAsync(user!, no)
            : await SignInOrTwoFactorAsync(user!, isPersistent);
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
        if (await GetTwoFactorAuthenticationUserAsync() is not { } user)
        {
            return SignInRefused.Overtaken;
        }

        method = await SecondAsync(AuthenticationMethod.PasswordAndPasskey);
        var assertion = await PerformPasskeyAssertionAsync(credentialJson);
        if (assertion.Succeeded && assertion.User.Id == user.Id)
        {
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

    /// <summary>By issuer and subject only; one factor, so the account's second is asked for as after a password (ASVS 6.8.1).</summary>
    public override async Task<SignInResult> ExternalLoginSignInAsync(string loginProvider, string providerKey, bool isPersistent, bool bypassTwoFactor)
    {
        method = AuthenticationMethod.External;
        if (await UserManager.FindByLoginAsync(loginProvider, providerKey) is not { } user)
        {
            return SignInResult.Failed;
        }

        return await PreSignInCheck(user) is { } no
            ? await NotAllowedAsync(user, no)
            : await SignInOrTwoFactorAsync(user, isPersistent, loginProvider, bypassTwoFactor);
    }

    public override async Task SignInWithClaimsAsync(
        PortalUser user, AuthenticationProperties? authenticationProperties, IEnumerable<Claim> additionalClaims)
    {
        var properties = authenticationProperties ?? new AuthenticationProperties();
        var refresh = properties.GetString(SessionAuthenticationHandler.SessionItem) is { } session
            && session == Context.User.GetSessionId()?.ToString()
            && user.Id == Context.User.GetUserId();
        if (!refresh)
        {
            properties.Items.Remove(SessionAuthenticationHandler.SessionItem);
            if (!await OpenAsync(user, properties))
            {
                return;
            }
        }

        await SignInAsync(user, properties);
    }

    /// <summary>Goes on with the sign-in that waits for a seat, ending the sessions the person chose.</summary>
    public async Task<SignInResult> ResumeAsync(IReadOnlyCollection<SessionId> endFirst)
    {
        if (Context.Request.ReadKey(BrowserCookies.Pending) is not { } pending)
        {
            return SignInRefused.Overtaken;
        }

        using var span = PortalTelemetry.StartSpan("open session");
        var outcome = await registry.ResumeAsync(
            pending, client.Read(Context), Context.Request.ReadKey(BrowserCookies.Device),
            Context.Request.ReadKey(BrowserCookies.Session), endFirst, Context.RequestAborted);
        var properties = new AuthenticationProperties();
        if (!await AcceptAsync(outcome, properties))
        {
            return refused!;
        }

        var user = await UserManager.FindByIdAsync(((SignInOutcome.Started)outcome).Session.UserId);
        await SignInAsync(user!, properties);
        return SignInResult.Success;
    }

    protected override async Task<SignInResult> SignInOrTwoFactorAsync(
        PortalUser user, bool isPersistent, string? loginProvider = null, bool bypassTwoFactor = false) =>
        Refined(await base.SignInOrTwoFactorAsync(user, isPersistent, loginProvider, bypassTwoFactor));

    protected override async Task<SignInResult?> PreSignInCheck(PortalUser user) =>
        user.IsDisabled ? SignInResult.Failed : await base.PreSignInCheck(user);

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

    private async Task<SignInResult> NotAllowedAsync(PortalUser user, SignInResult no)
    {
        var why = user.IsDisabled ? "disabled" : no.IsLockedOut ? "locked" : "address not confirmed";
        await trail.FailedAsync(user, ClientReader.Address(Context), why);
        metrics.SignInNotAllowed(method);
        return no.IsNotAllowed ? no : SignInResult.Failed;
    }

    private async Task<SignInResult> SecondFactorAsync(string secret, Func<Task<SignInResult>> prove)
    {
        var from = ClientReader.Address(Context);
        if (await GetTwoFactorAuthenticationUserAsync() is not { } user)
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

        var result = Refined(await prove());
        if (result == SignInResult.Failed)
        {
            await trail.SecondFactorFailedAsync(user, from);
            metrics.SignInFailed(method);
            if (attempt.Count >= SecondFactorTries)
            {
                await Context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
                return SignInRefused.Overtaken;
            }
        }
        else
        {
            await attempt.SucceededAsync();
        }

        return result;
    }

    private async Task<bool> OpenAsync(PortalUser user, AuthenticationProperties properties)
    {
        using var span = PortalTelemetry.StartSpan("open session");
        var request = new SignInRequest(
            user.Id, user.Generation, method, client.Read(Context), properties.IsPersistent,
            Context.Request.ReadKey(BrowserCookies.Device), Context.Request.ReadKey(BrowserCookies.Session), []);
        return await AcceptAsync(await registry.OpenAsync(request, Context.RequestAborted), properties);
    }

    private async Task<bool> AcceptAsync(SignInOutcome outcome, AuthenticationProperties properties)
    {
        if (outcome is SignInOutcome.Started started)
        {
            await registry.LeaveAsync(Context.Request.ReadKey(BrowserCookies.Session), started.Session, Context.RequestAborted);
            properties.SetParameter(SessionAuthenticationHandler.OpenedParameter, started);
            return true;
        }

        if (outcome is SignInOutcome.Full full)
        {
            Context.Response.WritePending(full.PendingKey, clock.GetUtcNow());
        }

        refused = outcome switch
        {
            SignInOutcome.Full => SignInRefused.ChooseSession,
            SignInOutcome.Refused => SignInRefused.LimitReached,
            _ => SignInRefused.Overtaken,
        };
        return false;
    }

    // The handler makes the principal from the row, at each request: Identity's, which costs four queries, would be thrown away.
    private async Task SignInAsync(PortalUser user, AuthenticationProperties properties)
    {
        var principal = new ClaimsPrincipal(new ClaimsIdentity(
            [new(ClaimTypes.NameIdentifier, user.Id), new(ClaimTypes.Name, user.UserName ?? "")], AuthenticationScheme));
        await Context.SignInAsync(AuthenticationScheme, principal, properties);
        Context.User = principal;
    }

    private SignInResult Refined(SignInResult result) => result.Succeeded && refused is not null ? refused : result;
}
