using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Telemetry;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Mail;

public static class MailServices
{
    /// <summary>The outbox, the worker that empties it, and the account mails. Needs the database and <c>PublicLinks</c>.</summary>
    public static IServiceCollection AddMailOutbox(this IServiceCollection services)
    {
        services.AddSingleton<OutboxFigures>();
        services.AddSingleton<EmailOptionsSetup>();
        services.AddSingleton<IConfigureOptions<EmailOptions>>(s => s.GetRequiredService<EmailOptionsSetup>());
        services.AddSingleton<IValidateOptions<EmailOptions>>(s => s.GetRequiredService<EmailOptionsSetup>());
        services.AddOptions<EmailOptions>().ValidateOnStart();

        services.AddSingleton<IPurge, OutboxPurge>();
        services.AddMetrics().AddSingleton<OutboxMetrics>();
        services.AddSingleton<IMeasurement, OutboxBacklog>();
        services.AddSingleton<OutboxBell>();
        services.AddSingleton<IMailer>(s => s.GetRequiredService<IOptions<EmailOptions>>().Value.UsesPickup
            ? ActivatorUtilities.CreateInstance<PickupMailer>(s)
            : ActivatorUtilities.CreateInstance<SmtpMailer>(s));
        services.AddSingleton<MailPost>();
        services.AddSingleton<Digests>();
        services.AddSingleton<OutboxDesk>();
        services.AddSingleton<OutboxSender>();
        services.AddHostedService(s => s.GetRequiredService<OutboxSender>());

        services.AddSingleton<AccountMails>();
        services.AddSingleton<IEmailSender<PortalUser>>(s => s.GetRequiredService<AccountMails>());
        return services;
    }
}
