using MudBlazor.Services;

namespace ConcurrentSessions.Web.Components;

public static class PortalPages
{
    /// <summary>Static pages for accounts, interactive ones for everything behind a sign-in.</summary>
    public static IServiceCollection AddPortalPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddCascadingAuthenticationState();
        services.AddMudServices();
        return services;
    }
}
