using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn.Guessing;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Proves a factor again in a session that is open: the session goes on under a new key, with a fresh proof (ASVS 7.2.4, 7.5.2).</summary>
public sealed class Reauthentication(
    UserManager<PortalUser> users, PortalSignInManager signIn, SessionRegistry registry, PasswordAttempts passwords, SignInThrottle throttle,
    SignInTrail trail, IHttpContextAccessor contexts)
{
    /// <returns>Success, Failed or a <see cref="SignInRefused"/> when throttled.</returns>
    public async Task<SignInResult> WithPasswordAsync(PortalUser user, string password)
    {
        var tried = await passwords.TryAsync(user, user.NormalizedUserName!, password, "wrong password at re-authentication");
        return tried.Succeeded ? await RenewAsync(user) : tried;
    }

    /// <summary>For accounts without a password.</summary>
    /// <inheritdoc cref="WithPasswordAsync"/>
    public async Task<SignInResult> WithAuthenticatorAsync(PortalUser user, string code)
    {
        var from = ClientReader.Address(Context);
        var guess = new Guess(GuessedSecret.AuthenticatorCode, user.Id, user.Id, from, Context.Request.ReadKey(BrowserCookies.Device));
        using var attempt = await throttle.ReserveAsync(guess, Context.RequestAborted);
        if (attempt.IsRefused)
        {
            await trail.ThrottledAsync(user, from, attempt);
            return SignInRefused.Throttled(attempt.Wait);
        }

        if (!await users.VerifyTwoFactorTokenAsync(user, users.Options.Tokens.AuthenticatorTokenProvider, code))
        {
            await trail.FailedAsync(user, from, "wrong code at re-authentication");
            return SignInResult.Failed;
        }

        await attempt.SucceededAsync();
        return await RenewAsync(user);
    }

    /// <exception cref="InvalidOperationException">Nobody has asked this browser for a passkey, or too long ago.</exception>
    public async Task<SignInResult> WithPasskeyAsync(PortalUser user, string credentialJson)
    {
        var assertion = await signIn.PerformPasskeyAssertionAsync(credentialJson);
        return assertion.Succeeded && assertion.User.Id == user.Id ? await RenewAsync(user) : SignInResult.Failed;
    }

    private HttpContext Context => contexts.HttpContext ?? throw new InvalidOperationException("There is no request to prove anything in.");

    private async Task<SignInResult> RenewAsync(PortalUser user)
    {
        var by = Context.ToActor();
        if (await registry.RenewAsync(user.Id, new SessionId(by.SessionId!.Value), by, Context.RequestAborted) is not { } renewed)
        {
            return SignInResult.Failed;
        }

        Context.Response.WriteSession(renewed.Key, renewed.Session);
        return SignInResult.Success;
    }
}
