using System.Security.Claims;
using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// A sign-in between password and second factor dies with the credentials it began with: on a password change,
/// a disabled account or "sign out everywhere" (ASVS 6.3, 7.4.3).
/// </summary>
internal sealed class PendingFactorEvents(UserManager<PortalUser> users) : CookieAuthenticationEvents
{
    private const string Generation = "generation";
    private const string Challenge = ".challenge";

    /// <summary>The name of the passkey challenge that waits in this browser; null when none does.</summary>
    public static async Task<Guid?> ChallengeAsync(HttpContext context) =>
        (await context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme)).Properties?.GetString(Challenge) is { } text
        && Guid.TryParse(text, out var id) ? id : null;

    public override async Task SigningIn(CookieSigningInContext context)
    {
        if (await FindAsync(context.Principal) is { } user)
        {
            ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new(Generation, Of(user)));
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
        if (context.Principal?.FindFirstValue(Generation) is { } begun
            && (await FindAsync(context.Principal) is not { IsDisabled: false } user || begun != Of(user)))
        {
            context.RejectPrincipal();
        }
    }

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

    private static string Of(PortalUser user) => $"{user.Generation} {user.SecurityStamp}";
}
