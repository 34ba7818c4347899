using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn.Passwords;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn.Guessing;

/// <summary>The one way to try a password, at a sign-in and later: counted first, compared, written down when it was wrong.</summary>
public sealed class PasswordAttempts(
    UserManager<PortalUser> users, SignInThrottle throttle, SignInTrail trail, PasswordCheck passwords, IHttpContextAccessor contexts)
{
    /// <param name="user">Null when the name has no account: that costs the same.</param>
    /// <param name="name">The normalized name.</param>
    /// <param name="why">For the audit trail, when it is wrong.</param>
    /// <returns>Success, Failed, or a <see cref="SignInRefused"/> when it was not looked at.</returns>
    /// <exception cref="PortalBusyException">Too many passwords are being looked at; nothing was counted.</exception>
    public async Task<SignInResult> TryAsync(PortalUser? user, string name, string password, string why)
    {
        var context = contexts.HttpContext ?? throw new InvalidOperationException("There is no request to prove anything in.");
        var from = ClientReader.Address(context);
        var guess = new Guess(GuessedSecret.Password, name, user?.Id, from, context.Request.ReadKey(BrowserCookies.Device));
        using var attempt = await throttle.ReserveAsync(guess, context.RequestAborted);
        if (attempt.IsRefused)
        {
            await trail.ThrottledAsync(user, from, attempt);
            return SignInRefused.Throttled(attempt.Wait);
        }

        if (!await IsRightAsync(attempt, user, password))
        {
            await trail.FailedAsync(user, from, why);
            return SignInResult.Failed;
        }

        await attempt.SucceededAsync();
        return SignInResult.Success;
    }

    private async Task<bool> IsRightAsync(SignInAttempt attempt, PortalUser? user, string password)
    {
        try
        {
            return await passwords.IsRightAsync(users, user, password);
        }
        catch (PortalBusyException)
        {
            await attempt.GiveBackAsync();
            throw;
        }
    }
}
