using System.Text;
using Microsoft.AspNetCore.Components;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>Sends the browser on, and never out of the portal. For static pages: it needs a request.</summary>
public sealed class AccountRedirects(NavigationManager navigation, IHttpContextAccessor requests)
{
    private const int LongestPath = 2048;

    private string? target;

    private HttpContext Context => requests.HttpContext
        ?? throw new InvalidOperationException("Only a static page can redirect with a response.");

    /// <summary>The address if it is a path of this portal, else the start page. Whatever is handed in: it never throws.</summary>
    public static string Local(string? address)
    {
        if (!LooksLocal(address) || address!.Length > LongestPath || address.Any(char.IsControl)
            || !Uri.TryCreate("http://portal" + address, UriKind.Absolute, out var uri) || uri.Authority is not "portal")
        {
            return "/";
        }

        // "/.//evil.example" looks harmless until its dots are resolved, so the result is looked at again.
        // Escaped, because a header takes ASCII only.
        var resolved = uri.GetComponents(UriComponents.PathAndQuery | UriComponents.Fragment, UriFormat.UriEscaped);
        return LooksLocal(resolved) && Ascii.IsValid(resolved) ? resolved : "/";
    }

    public void To(string? address)
    {
        if (target is null && !Context.Response.HasStarted)
        {
            Context.Response.OnStarting(StayOnThisHost, Context.Response);
        }

        target = Local(address);
        navigation.NavigateTo(target);
    }

    public void ToWithStatus(string address, AccountStatus status)
    {
        status.WriteTo(Context.Response);
        To(address);
    }

    // Relative, so that the Host header of the request has no say in where the browser goes. The framework writes its own late.
    private Task StayOnThisHost(object response)
    {
        if (response is HttpResponse { StatusCode: StatusCodes.Status302Found } redirect)
        {
            redirect.Headers.Location = target;
        }

        return Task.CompletedTask;
    }

    private static bool LooksLocal(string? address) =>
        address is ['/', ..] and not ['/', '/' or '\\', ..];
}
