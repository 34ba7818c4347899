using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Circuits;

public static class CircuitServices
{
    /// <summary>Open pages of ended sessions leave at once.</summary>
    public static IServiceCollection AddCircuitClosing(this IServiceCollection services)
    {
        services.AddMetrics().AddSingleton<CircuitMetrics>();
        services.AddOptions<CircuitSettings>().BindConfiguration("Circuits").ValidateOnStart();
        services.AddSingleton<IValidateOptions<CircuitSettings>, CircuitSettingsCheck>();
        services.AddSingleton<CircuitPlaces>();
        services.Configure<CircuitOptions>(o => o.PersistedCircuitInMemoryMaxRetained = 0); // nothing resumes: see NoResumption
        services.AddScoped<CircuitSession>();
        services.Replace(ServiceDescriptor.Scoped<AuthenticationStateProvider, SessionAuthenticationState>());
        services.AddScoped<CircuitHandler, SessionCircuitHandler>();
        return services;
    }

    /// <summary>What the hub of the circuits lets through.</summary>
    public static IServerSideBlazorBuilder AddCircuitRules(this IServerSideBlazorBuilder circuits) =>
        circuits.AddHubOptions(o => o.AddFilter(new NoResumption()));

    /// <summary>After authentication, before the circuits' endpoint.</summary>
    public static IApplicationBuilder UseCircuitConnections(this IApplicationBuilder app) => app.UseMiddleware<CircuitConnections>();
}
