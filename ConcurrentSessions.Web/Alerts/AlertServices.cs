using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;

namespace ConcurrentSessions.Web.Alerts;

public static class AlertServices
{
    /// <summary>Mails about sign-ins, ended sessions, second factors and changes of accounts, and “This wasn't me”.</summary>
    public static IServiceCollection AddSignInAlerts(this IServiceCollection services) =>
        services
        .AddSingleton<SignInLetters>()
        .AddSingleton<NotMe>()
        .AddSingleton<IPurge, NotMePurge>()
        .AddSingleton<ISessionEndObserver, SessionEndedAlert>()
        .AddSingleton<ISignInObserver, NewSignInAlert>()
        .AddSingleton<ISecondFactorObserver, SecondFactorAlert>()
        .AddSingleton<IAccountObserver, AccountChangeAlert>();
}
