using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Alerts;

public static class AlertServices
{
    /// <summary>Mails about sign-ins from new devices and places, and about changes of accounts.</summary>
    public static IServiceCollection AddSignInAlerts(this IServiceCollection services) =>
        services.AddSingleton<ISignInObserver, NewSignInAlert>().AddSingleton<IAccountObserver, AccountChangeAlert>();
}
