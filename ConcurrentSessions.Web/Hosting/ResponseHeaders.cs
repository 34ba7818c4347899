using System.Globalization;
using ConcurrentSessions.Web.SignIn.UserAgents;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Hosting;

/// <summary>
/// The headers of every answer (ASVS 3.4), put around everything else: also what the check of the Host header refuses has them.
/// Scripts are trusted by a nonce of each answer (ASVS 3.4.3). What the policy has to allow, and why: docs/security-browser.md.
/// </summary>
internal sealed class ResponseHeaders(IOptions<PortalOptions> options) : IStartupFilter
{
    private static readonly TimeSpan HstsAge = TimeSpan.FromDays(365);

    private static readonly string[] Unused =
    [
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "usb", "xr-spatial-tracking",
    ];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        // The public address decides: behind a proxy the last step is plain HTTP, and over plain HTTP browsers ignore the header.
        app.UseSecurityHeaders(Policies(isHttps: options.Value.PublicUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase)));
        app.Use(NameCharset);
        next(app);
    };

    private static HeaderPolicyCollection Policies(bool isHttps)
    {
        var policies = new HeaderPolicyCollection()
            .AddContentTypeOptionsNoSniff()
            .AddReferrerPolicySameOrigin()
            .AddFrameOptionsDeny() // for what is older than frame-ancestors
            .AddCrossOriginOpenerPolicy(p => p.SameOrigin())
            .AddCrossOriginResourcePolicy(p => p.SameOrigin())
            .AddCustomHeader("Reporting-Endpoints", $"{PolicyReports.Name}=\"{PolicyReports.Address}\"") // the library takes absolute addresses only
            .AddContentSecurityPolicy(Contents)
            .AddPermissionsPolicy(Permissions)
            .AddCustomHeader("Accept-CH", ClientHints.Asked) // a device is called by its version and model where the browser tells them
            .RemoveServerHeader();
        return isHttps
            ? policies.AddCustomHeader("Strict-Transport-Security", string.Create(CultureInfo.InvariantCulture, $"max-age={HstsAge.TotalSeconds}; includeSubDomains"))
            : policies;
    }

    private static void Contents(CspBuilder csp)
    {
        csp.AddDefaultSrc().Self();
        csp.AddScriptSrc().WithNonce().StrictDynamic();
        csp.AddStyleSrc().Self();
        csp.AddStyleSrcAttr().UnsafeInline(); // MudBlazor places and sizes things by style attributes
        csp.AddImgSrc().Self().Data();
        csp.AddFontSrc().Self();
        csp.AddConnectSrc().Self();
        csp.AddObjectSrc().None();
        csp.AddBaseUri().Self();
        csp.AddFormAction().Self();
        csp.AddFrameAncestors().None();
        csp.AddReportUri().To(PolicyReports.Address); // Firefox and Safari
        csp.AddReportTo(PolicyReports.Name);
    }

    private static void Permissions(PermissionsPolicyBuilder permissions)
    {
        foreach (var feature in Unused)
        {
            permissions.AddCustomFeature(feature).None();
        }

        permissions.AddCustomFeature("publickey-credentials-get").Self();
        permissions.AddCustomFeature("publickey-credentials-create").Self();
    }

    // ASVS 4.1.1; files and the framework's own answers leave it out.
    private static Task NameCharset(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(() =>
        {
            if (context.Response.ContentType is { } type && !type.Contains("charset", StringComparison.OrdinalIgnoreCase)
                && (type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || type.EndsWith("xml", StringComparison.OrdinalIgnoreCase)))
            {
                context.Response.ContentType = type + "; charset=utf-8";
            }

            return Task.CompletedTask;
        });
        return next(context);
    }
}
