using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;

namespace ConcurrentSessions.Web.Alerts;

public static class AlertServices
{
    /// <summary>Mails about sign-ins from new devices and places, about second factors and about changes of accounts.</summary>
    public static IServiceCollection AddSignInAlerts(this IServiceCollection services) =>
        services
        .AddSingleton<ISignInObserver, NewSignInAlert>()
        .AddSingleton<ISecondFactorObserver, SecondFactorAlert>()
        .AddSingleton<IAccountObserver, AccountChangeAlert>();
}
