using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Proves a factor again in a session that is open: the session goes on under a new key, with a fresh proof (ASVS 7.2.4, 7.5.2).</summary>
public sealed class Reauthentication(
    UserManager<PortalUser> users, PortalSignInManager signIn, SessionRegistry registry, SignInThrottle throttle,
    SignInTrail trail, PasswordCheck passwords, IHttpContextAccessor contexts)
{
    private const string Codes = "code at re-authentication";

    /// <returns>Success, Failed or a <see cref="SignInRefused"/> when throttled.</returns>
    public async Task<SignInResult> WithPasswordAsync(PortalUser user, string password)
    {
        var from = ClientReader.Address(Context);
        var (wait, _) = await throttle.LookAsync(SignInThrottle.Passwords, user.NormalizedUserName!, from, Context.RequestAborted);
        if (wait > TimeSpan.Zero)
        {
            return SignInRefused.Throttled(wait);
        }

        if (!await passwords.IsRightAsync(users, user, password))
        {
            await throttle.NoteFailureAsync(SignInThrottle.Passwords, user.NormalizedUserName!, from, Context.RequestAborted);
            await trail.FailedAsync(user, from, "wrong password at re-authentication");
            return SignInResult.Failed;
        }

        return await RenewAsync(user);
    }

    /// <summary>For accounts without a password.</summary>
    /// <inheritdoc cref="WithPasswordAsync"/>
    public async Task<SignInResult> WithAuthenticatorAsync(PortalUser user, string code)
    {
        var from = ClientReader.Address(Context);
        var (wait, _) = await throttle.LookAsync(Codes, user.Id, from, Context.RequestAborted);
        if (wait > TimeSpan.Zero)
        {
            return SignInRefused.Throttled(wait);
        }

        if (!await users.VerifyTwoFactorTokenAsync(user, users.Options.Tokens.AuthenticatorTokenProvider, code))
        {
            await throttle.NoteFailureAsync(Codes, user.Id, from, Context.RequestAborted);
            await trail.FailedAsync(user, from, "wrong code at re-authentication");
            return SignInResult.Failed;
        }

        await throttle.ForgetAsync(Codes, user.Id, from, Context.RequestAborted);
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
        var from = ClientReader.Address(Context);
        var by = Context.User.ToActor(from?.ToString());
        if (await registry.RenewAsync(user.Id, new SessionId(by.SessionId!.Value), by, Context.RequestAborted) is not { } renewed)
        {
            return SignInResult.Failed;
        }

        await throttle.ForgetAsync(SignInThrottle.Passwords, user.NormalizedUserName!, from, Context.RequestAborted);
        Context.Response.WriteSession(renewed.Key, renewed.Session);
        return SignInResult.Success;
    }
}
