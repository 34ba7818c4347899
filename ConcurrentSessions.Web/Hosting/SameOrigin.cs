using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.SignIn;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Hosting;

/// <summary>
/// Whether a request was made by a page of the portal itself (ASVS 3.5.1). A request that says nothing about where it
/// comes from was not.
/// </summary>
public sealed class SameOrigin(IOptions<PortalOptions> options)
{
    private readonly string? publicOrigin =
        Uri.TryCreate(options.Value.PublicUrl, UriKind.Absolute, out var url) ? OriginOf(url) : null;

    /// <summary>
    /// The Origin header names the portal's public address or the address that was asked (its Host is checked by AllowedHosts);
    /// without the header, the browser itself says <c>Sec-Fetch-Site: same-origin</c>.
    /// </summary>
    public bool IsOwn(HttpRequest request) => request.Headers.Origin switch
    {
        [] => request.Headers["Sec-Fetch-Site"] is ["same-origin"],
        [{ Length: > 0 } origin] => IsOrigin(origin, publicOrigin) || IsOrigin(origin, $"{request.Scheme}://{request.Host.ToUriComponent()}"),
        _ => false,
    };

    private static bool IsOrigin(string origin, string? own) =>
        own is not null && string.Equals(origin, own, StringComparison.OrdinalIgnoreCase);

    /// <summary>As browsers write it: no path, no default port, an international name in its ASCII form.</summary>
    internal static string OriginOf(Uri url) =>
        $"{url.Scheme}://{(url.HostNameType is UriHostNameType.IPv6 ? url.Host : url.IdnHost)}{(url.IsDefaultPort ? "" : $":{url.Port}")}";
}

/// <summary>Refuses state-changing calls that do not come from the portal: the API's antiforgery.</summary>
public sealed class SameOriginFilter(SameOrigin sameOrigin, RefusalTrail refusals) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || sameOrigin.IsOwn(request))
        {
            return await next(context);
        }

        await refusals.NoteAsync(context.HttpContext, AuditNames.ForeignOrigin, "a call that did not come from the portal's pages");
        return TypedResults.Problem("This call must come from the portal's own pages.", statusCode: StatusCodes.Status400BadRequest);
    }
}
