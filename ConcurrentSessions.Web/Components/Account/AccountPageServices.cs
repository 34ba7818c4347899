namespace ConcurrentSessions.Web.Components.Account;

public static class AccountPageServices
{
    /// <summary>What the account pages need besides Identity, <c>PublicLinks</c> and <c>AccountMails</c>.</summary>
    public static IServiceCollection AddAccountPages(this IServiceCollection services) => services
        .AddScoped<AccountRedirects>()
        .AddScoped<MailedLinks>()
        .AddScoped<PasswordProof>()
        .AddScoped<PersonalDataFile>()
        .AddScoped<Registration>();
}
