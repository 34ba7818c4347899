using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Mail;

/// <summary>What the account pages tell people by mail.</summary>
public sealed class AccountMails(ILogger<AccountMails> logger) : IEmailSender<PortalUser>
{
    public Task SendConfirmationLinkAsync(PortalUser user, string email, string confirmationLink) => Log("confirm", email, confirmationLink);

    public Task SendPasswordResetLinkAsync(PortalUser user, string email, string resetLink) => Log("reset", email, resetLink);

    public Task SendPasswordResetCodeAsync(PortalUser user, string email, string resetCode) => Log("code", email, resetCode);

    public Task SendAlreadyRegisteredAsync(PortalUser user) => Log("already registered", user.Email, "");

    public Task SendPasswordChangedAsync(PortalUser user) => Log("password changed", user.Email, "");

    public Task SendEmailChangedAsync(PortalUser user, string oldEmail) => Log("email changed", oldEmail, "");

    private Task Log(string what, string? to, string link)
    {
        logger.LogInformation("Mail {What} to {To}: {Link}", what, to, link);
        return Task.CompletedTask;
    }
}
