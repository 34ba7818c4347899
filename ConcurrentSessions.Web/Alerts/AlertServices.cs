using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Alerts;

public static class AlertServices
{
    /// <summary>Mails about sign-ins from new devices and places.</summary>
    public static IServiceCollection AddSignInAlerts(this IServiceCollection services) =>
        services.AddSingleton<ISignInObserver, NewSignInAlert>();
}
