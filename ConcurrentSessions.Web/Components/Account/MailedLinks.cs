using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>Makes the one-time links of the account pages and has them mailed.</summary>
public sealed class MailedLinks(UserManager<PortalUser> users, AccountMails mails, PublicLinks links)
{
    public async Task SendConfirmationAsync(PortalUser user, string? returnUrl = null)
    {
        var code = await users.GenerateEmailConfirmationTokenAsync(user);
        var link = links.To(
            "/Account/ConfirmEmail",
            ("userId", user.Id), ("code", MailedCode.ForLink(code)), ("returnUrl", AccountRedirects.Local(returnUrl)));
        await mails.SendConfirmationLinkAsync(user, user.Email!, link.AbsoluteUri);
    }

    /// <summary>Goes to the new address: whoever opens it has shown that it is theirs.</summary>
    public async Task SendEmailChangeAsync(PortalUser user, string newEmail)
    {
        var code = await users.GenerateChangeEmailTokenAsync(user, newEmail);
        var link = links.To(
            "/Account/ConfirmEmailChange",
            ("userId", user.Id), ("email", newEmail), ("code", MailedCode.ForLink(code)));
        await mails.SendEmailChangeLinkAsync(user, newEmail, link.AbsoluteUri);
    }

    public async Task SendPasswordResetAsync(PortalUser user)
    {
        var code = await users.GeneratePasswordResetTokenAsync(user);
        var link = links.To("/Account/ResetPassword", ("code", MailedCode.ForLink(code)));
        await mails.SendPasswordResetLinkAsync(user, user.Email!, link.AbsoluteUri);
    }
}
