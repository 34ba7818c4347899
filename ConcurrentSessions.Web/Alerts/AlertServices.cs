using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;

namespace ConcurrentSessions.Web.Alerts;

public static class AlertServices
{
    /// <summary>Mails about sign-ins from new devices and places, and about second factors.</summary>
    public static IServiceCollection AddSignInAlerts(this IServiceCollection services) =>
        services
        .AddSingleton<ISignInObserver, NewSignInAlert>()
        .AddSingleton<ISecondFactorObserver, SecondFactorAlert>();
}
