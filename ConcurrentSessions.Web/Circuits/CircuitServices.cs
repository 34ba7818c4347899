using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ConcurrentSessions.Web.Circuits;

public static class CircuitServices
{
    /// <summary>Open pages of ended sessions leave at once.</summary>
    public static IServiceCollection AddCircuitClosing(this IServiceCollection services)
    {
        services.AddMetrics().AddSingleton<CircuitMetrics>();
        services.AddScoped<CircuitSession>();
        services.Replace(ServiceDescriptor.Scoped<AuthenticationStateProvider, SessionAuthenticationState>());
        services.AddScoped<CircuitHandler, SessionCircuitHandler>();
        return services;
    }

    /// <summary>After authentication, before the circuits' endpoint.</summary>
    public static IApplicationBuilder UseCircuitConnections(this IApplicationBuilder app) => app.UseMiddleware<CircuitConnections>();
}
