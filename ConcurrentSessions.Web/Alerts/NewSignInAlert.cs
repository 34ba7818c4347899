using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Risk;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>
/// Promises a mail, in the sign-in's own transaction, when what was decided on it says so. From then on its place is known.
/// </summary>
public sealed class NewSignInAlert(PublicLinks links) : ISignInObserver
{
    public async ValueTask SessionOpenedAsync(
        PortalDbContext db, PortalUser user, Session session, bool newDevice, bool firstEver, CancellationToken ct)
    {
        await NoteAsync(db, session, ct);
        if (session.RiskResponse is not >= RiskResponse.Mail || user.Email is null)
        {
            return;
        }

        var notice = new NewSignInNotice(
            $"{MailLayout.Product} ({links.Root.Authority})", user.Email, session.StartedAt, session.Device.Name, session.Place, session.IpAddress ?? "unknown",
            session.Method.Name(), session.RiskReasons ?? RiskReasons.None, links.To("/sessions"), links.To("/Account/ForgotPassword"), session.Id.ToString());
        db.Outbox.Add(OutboxMessage.Of(
            Guid.CreateVersion7(session.StartedAt), "new sign-in", user.Email, NewSignInMail.For(notice), user.Id, session.StartedAt));
    }

    private static async Task NoteAsync(PortalDbContext db, Session session, CancellationToken ct)
    {
        var key = KnownLocation.KeyOf(session.Place);
        if (!await db.KnownLocations.AnyAsync(l => l.UserId == session.UserId && l.PlaceKey == key, ct))
        {
            db.KnownLocations.Add(new() { UserId = session.UserId, PlaceKey = key, FirstSeenAt = session.StartedAt });
        }
    }
}
