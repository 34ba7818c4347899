using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.SignIn.External;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>Sends a browser to the external provider. It comes back to a page that asks before anything happens (ASVS 7.6.2).</summary>
public static class ExternalSignIn
{
    public const string LinkingPage = "/Account/Manage/ExternalLogins";

    public static string Href(string? returnUrl) => "/Account/ExternalSignIn" + QueryString.Create("ReturnUrl", AccountRedirects.Local(returnUrl));

    internal static async Task<IResult> StartAsync(
        HttpContext context, IOptions<ExternalProviderSettings> provider, ILogger<ExternalProviderSettings> logger, string? returnUrl, bool link = false)
    {
        var user = link ? context.User.GetUserId() : null;
        if (!provider.Value.IsConfigured || (link && user is null))
        {
            return TypedResults.NotFound();
        }

        var back = link ? LinkingPage : ExternalProvider.LandingPage + QueryString.Create("ReturnUrl", AccountRedirects.Local(returnUrl));
        try
        {
            await context.ChallengeAsync(ExternalProvider.Scheme, ExternalProvider.Trip(back, user));
            return TypedResults.Empty;
        }
        catch (Exception failure) when (failure is InvalidOperationException or HttpRequestException or IOException or TaskCanceledException
            && !context.RequestAborted.IsCancellationRequested)
        {
            logger.LogError(failure, "The external provider {Authority} cannot be reached", provider.Value.Authority);
            return TypedResults.LocalRedirect(ExternalProvider.LandingPage + "?Problem=true");
        }
    }
}
