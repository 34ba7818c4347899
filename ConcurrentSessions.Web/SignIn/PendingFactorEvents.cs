using System.Security.Claims;
using ConcurrentSessions.Web.Data;
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

    public override async Task SigningIn(CookieSigningInContext context)
    {
        if (await FindAsync(context.Principal) is { } user)
        {
            ((ClaimsIdentity)context.Principal!.Identity!).AddClaim(new(Generation, Of(user)));
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

    private async Task<PortalUser?> FindAsync(ClaimsPrincipal? principal) =>
        principal?.FindFirstValue(ClaimTypes.Name) is { } id ? await users.FindByIdAsync(id) : null;

    private static string Of(PortalUser user) => $"{user.Generation} {user.SecurityStamp}";
}
