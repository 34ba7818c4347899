using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>Makes the one-time links of the account pages and has them mailed, both in one transaction.</summary>
public sealed class MailedLinks(AccountMails mails, PublicLinks links, TimeProvider clock)
{
    public Task SendConfirmationAsync(PortalUser user, string? returnUrl = null) => mails.SendConfirmationLinkAsync(user, async db => links.To(
        "/Account/ConfirmEmail",
        ("userId", user.Id),
        ("code", await CodeAsync(db, user, UserManager<PortalUser>.ConfirmEmailTokenPurpose)),
        ("returnUrl", AccountRedirects.Local(returnUrl))));

    /// <summary>Goes to the new address: whoever opens it has shown that it is theirs.</summary>
    public Task SendEmailChangeAsync(PortalUser user, string newEmail) => mails.SendEmailChangeLinkAsync(user, newEmail, async db => links.To(
        "/Account/ConfirmEmailChange",
        ("userId", user.Id),
        ("email", newEmail),
        ("code", await CodeAsync(db, user, UserManager<PortalUser>.GetChangeEmailTokenPurpose(newEmail)))));

    public Task SendPasswordResetAsync(PortalUser user) => mails.SendPasswordResetLinkAsync(user, async db => links.To(
        "/Account/ResetPassword", ("code", await CodeAsync(db, user, UserManager<PortalUser>.ResetPasswordTokenPurpose))));

    private async Task<string> CodeAsync(PortalDbContext db, PortalUser user, string purpose) =>
        MailedCode.ForLink(await MailedToken.IssueAsync(db, user, purpose, clock.GetUtcNow(), CancellationToken.None));
}
