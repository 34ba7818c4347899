using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;
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

        var mail = AccountChangeMail.For(news, links);
        db.Outbox.AddRange(new[] { news.User.Email, news.FormerEmail }.OfType<string>().Select(to => OutboxMessage.Of(
            Guid.CreateVersion7(news.At), AccountChangeMail.Kind(news.Change), to, mail, news.User.Id, news.At)));
    }
}
