using System.Security.Claims;
using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// The cookie between password and second factor names a row, and counts for nothing without it: the row dies after five minutes or
/// five codes, on a password change, a disabled account or "sign out everywhere" (ASVS 6.3, 7.4.3), whatever the cookie says.
/// </summary>
internal sealed class PendingFactorEvents(UserManager<PortalUser> users, PendingFactors pending) : CookieAuthenticationEvents
{
    private const string Pending = "pending";
    private const string Challenge = ".challenge";

    /// <summary>The row that the cookie's principal names.</summary>
    public static Guid? IdOf(ClaimsPrincipal? principal) => Guid.TryParse(principal?.FindFirstValue(Pending), out var id) ? id : null;

    /// <summary>The name of the passkey challenge that waits in this browser; null when none does.</summary>
    public static async Task<Guid?> ChallengeAsync(HttpContext context) =>
        (await context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme)).Properties?.GetString(Challenge) is { } text
        && Guid.TryParse(text, out var id) ? id : null;

    public override async Task SigningIn(CookieSigningInContext context)
    {
        if (await FindAsync(context.Principal) is { } user)
        {
            ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new(Pending, (await pending.BeginAsync(user)).ToString()));
        }
        else
        {
            context.Properties.SetString(Challenge, Guid.NewGuid().ToString());
            await KeepWaitingAsync(context);
        }
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        // A passkey challenge waits in the same cookie and names no user.
        var namesUser = context.Principal?.FindFirstValue(ClaimTypes.Name) is not null;
        if (namesUser && !await IsOpenAsync(context))
        {
            context.RejectPrincipal();
        }
    }

    private async Task<bool> IsOpenAsync(CookieValidatePrincipalContext context) =>
        IdOf(context.Principal) is { } id
        && await FindAsync(context.Principal) is { IsDisabled: false } user
        && await pending.IsOpenAsync(id, user, context.HttpContext.RequestAborted);

    // A challenge comes into the same cookie: a sign-in that waits there for its second factor waits on, and no longer than it would have.
    private static async Task KeepWaitingAsync(CookieSigningInContext context)
    {
        var waiting = await context.HttpContext.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme);
        if (waiting.Principal?.FindFirstValue(ClaimTypes.Name) is not null)
        {
            ((ClaimsIdentity)context.Principal!.Identity!).AddClaims(waiting.Principal.Claims.Select(c => c.Clone()));
            context.Properties.ExpiresUtc = waiting.Properties!.ExpiresUtc;
        }
    }

    private async Task<PortalUser?> FindAsync(ClaimsPrincipal? principal) =>
        principal?.FindFirstValue(ClaimTypes.Name) is { } id ? await users.FindByIdAsync(id) : null;
}
