using ConcurrentSessions.Web.Circuits;
using ConcurrentSessions.Web.Components.Account;
using ConcurrentSessions.Web.Components.Admin;
using ConcurrentSessions.Web.Components.Layout;
using ConcurrentSessions.Web.Components.My;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Http.Connections;
using MudBlazor.Services;

namespace ConcurrentSessions.Web.Components;

public static class PortalPages
{
    /// <summary>Static pages for accounts, interactive ones for everything behind a sign-in.</summary>
    public static IServiceCollection AddPortalPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents().AddCircuitRules();
        services.AddCascadingAuthenticationState();
        services.AddMudServices();
        services.AddSingleton<ThemeStylesheet>();
        services.AddSingleton<SignInHistory>();
        return services.AddAccountPages();
    }

    public static void MapPortalPages(this WebApplication app)
    {
        app.MapStaticAssets();
        app.MapGet("/theme.css", ThemeStylesheet.AnswerAsync).AllowAnonymous().OpenBeforeEnrolment().ExcludeFromDescription();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null) // said for every response
            .Add(CloseWithSession);
        app.MapAccountEndpoints();
        app.MapHistoryFiles();
        app.MapSessionsExport();
        app.MapDevMail();
    }

    // A socket must not outlive the absolute lifetime of the session that opened it. And only sockets: of the other transports
    // one page is many requests, which cannot be counted as one.
    private static void CloseWithSession(EndpointBuilder endpoint)
    {
        foreach (var connection in endpoint.Metadata.OfType<HttpConnectionDispatcherOptions>())
        {
            connection.CloseOnAuthenticationExpiration = true;
            connection.Transports = HttpTransportType.WebSockets;
        }
    }
}
