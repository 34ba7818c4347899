using System.Text;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>Promises the owner a mail, in the change's own transaction, whenever their account is changed (ASVS 6.3.7).</summary>
public sealed class AccountChangeAlert(PublicLinks links) : IAccountObserver
{
    public async ValueTask AccountChangedAsync(PortalDbContext db, AccountNews news, CancellationToken ct)
    {
        if (news.Change is AccountChange.Deleted)
        {
            // What was on its way to somebody who is gone tells nobody anything, and holds their address.
            await db.Outbox.Where(m => m.SubjectUserId == news.User.Id).ExecuteDeleteAsync(ct);
        }

        var newPassword = news.Change is AccountChange.PasswordVoided ? await ResetLinkAsync(db, news, ct) : links.To("/Account/ForgotPassword");
        var mail = AccountChangeMail.For(news, links, newPassword);
        db.Outbox.AddRange(new[] { news.User.Email, news.FormerEmail }.OfType<string>().Select(to => OutboxMessage.Of(
            Guid.CreateVersion7(news.At), AccountChangeMail.Kind(news.Change), to, mail, news.User.Id, news.At)));
    }

    private async Task<Uri> ResetLinkAsync(PortalDbContext db, AccountNews news, CancellationToken ct)
    {
        var token = await MailedToken.IssueAsync(db, news.User, UserManager<PortalUser>.ResetPasswordTokenPurpose, news.At, ct);
        return links.To("/Account/ResetPassword", ("code", WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(token))));
    }
}
