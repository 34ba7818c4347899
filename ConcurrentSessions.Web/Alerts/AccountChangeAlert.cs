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
public sealed class AccountChangeAlert(MailPost post, PublicLinks links) : IAccountObserver
{
    public async ValueTask AccountChangedAsync(PortalDbContext db, AccountNews news, CancellationToken ct)
    {
        if (news.Change is AccountChange.Deleted)
        {
            // What was on its way to somebody who is gone tells nobody anything, and holds their address.
            await db.Outbox.Where(m => m.SubjectUserId == news.User.Id).ExecuteDeleteAsync(ct);
        }

        var session = await SessionAsync(db, news, ct);
        var newPassword = news.Change is AccountChange.PasswordVoided ? await ResetLinkAsync(db, news, ct) : links.To("/Account/ForgotPassword");
        foreach (var to in new[] { news.User.Email, news.FormerEmail }.OfType<string>())
        {
            var notMe = session is null ? null : NotMeLink.Issue(db, links, session, news.At);
            var mail = AccountChangeMail.For(news, session?.Place.TimeZone, notMe, newPassword, links);
            post.Promise(db, new(AccountChangeMail.Kind(news.Change), to, news.User.Id, mail, news.At));
        }
    }

    /// <summary>The owner's session that it was done in; null where somebody else did it, or a mailed link.</summary>
    private static async Task<Session?> SessionAsync(PortalDbContext db, AccountNews news, CancellationToken ct)
    {
        if (news.Change is AccountChange.Deleted || news.By.UserId != news.User.Id || news.By.SessionId is not { } id)
        {
            return null;
        }

        var session = new SessionId(id);
        return await db.Sessions.Of(news.User.Id).SingleOrDefaultAsync(s => s.Id == session, ct);
    }

    private async Task<Uri> ResetLinkAsync(PortalDbContext db, AccountNews news, CancellationToken ct)
    {
        var token = await MailedToken.IssueAsync(db, news.User, UserManager<PortalUser>.ResetPasswordTokenPurpose, news.At, ct);
        return links.To("/Account/ResetPassword", ("code", WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(token))));
    }
}
