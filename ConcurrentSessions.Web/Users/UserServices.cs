namespace ConcurrentSessions.Web.Users;

public static class UserServices
{
    /// <summary>What administrators see of users and do to them.</summary>
    public static IServiceCollection AddUserAdministration(this IServiceCollection services) =>
        services
        .AddSingleton<UserDirectory>()
        .AddSingleton<UserAdministration>()
        .AddSingleton<PortalFigures>()
        .AddSingleton<PortalTrends>()
        .AddSingleton<SessionExplorer>()
        .AddScoped<Bootstrap>()
        .AddScoped<DemoAccounts>();
}
