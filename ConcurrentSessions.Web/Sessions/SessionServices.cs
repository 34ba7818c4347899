using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Sessions;

public static class SessionServices
{
    /// <summary>Start, limit, list, end, expire and purge sessions.</summary>
    public static IServiceCollection AddSessionRegistry(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<SessionSettings>().BindConfiguration("Sessions").ValidateOnStart();
        services.AddSingleton<IValidateOptions<SessionSettings>, SessionSettingsCheck>();
        services.AddOptions<PrivacySettings>().BindConfiguration("Privacy").ValidateOnStart();
        services.AddSingleton<IValidateOptions<PrivacySettings>, PrivacySettingsCheck>();
        services.AddMetrics().AddSingleton<SessionMetrics>();
        services.AddSingleton<IMeasurement, ActiveSessionCount>();
        services.AddSingleton<ISessionSignal, InProcessSessionSignal>();
        services.AddSingleton<NodeKnowledge>();
        services.AddSingleton<SessionActivity>();
        services.AddSingleton<SessionActivityWriter>();
        services.AddSingleton<SessionEnder>();
        services.AddSingleton<RoleLimits>();
        services.AddSingleton<LimitPreview>();
        services.AddSingleton<SignInRisk>();
        services.AddSingleton<UsualPlaces>();
        services.AddSingleton<RoleHistory>();
        services.AddSingleton<KeptSessions>();
        services.AddSingleton<SessionRegistry>();
        services.AddSingleton<SessionList>();
        services.AddSingleton<SessionDirectory>();
        services.AddSingleton<Devices>();
        services.AddSingleton<IPurge, DevicePurge>();
        services.AddSingleton<SessionHousekeeping>();
        services.AddSingleton<AddressShortening>();
        services.AddSingleton<ChangedUsers>();
        services.AddSingleton<Leases>();
        services.AddHostedService<SessionSweeper>();
        return services;
    }
}
