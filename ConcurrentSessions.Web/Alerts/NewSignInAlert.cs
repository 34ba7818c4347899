using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>
/// Promises a mail, in the sign-in's own transaction, when the device or the place is new. The first sign-in of an account is silent.
/// </summary>
public sealed class NewSignInAlert(PublicLinks links) : ISignInObserver
{
    public async ValueTask SessionOpenedAsync(
        PortalDbContext db, PortalUser user, Session session, bool newDevice, bool firstEver, CancellationToken ct)
    {
        var newPlace = await NoteAsync(db, session, ct);
        if (firstEver || !(newDevice || newPlace) || user.Email is null)
        {
            return;
        }

        var notice = new NewSignInNotice(
            $"{MailLayout.Product} ({links.Root.Authority})", user.Email, session.StartedAt, session.Device.Name, session.Place, session.IpAddress ?? "unknown",
            session.Method.Name(), newDevice, newPlace, links.To("/sessions"), links.To("/Account/ForgotPassword"), session.Id.ToString());
        db.Outbox.Add(OutboxMessage.Of(
            Guid.CreateVersion7(session.StartedAt), "new sign-in", user.Email, NewSignInMail.For(notice), user.Id, session.StartedAt));
    }

    private static async Task<bool> NoteAsync(PortalDbContext db, Session session, CancellationToken ct)
    {
        var key = KnownLocation.KeyOf(session.Place);
        var known = await db.KnownLocations.AnyAsync(l => l.UserId == session.UserId && l.PlaceKey == key, ct);
        if (!known)
        {
            db.KnownLocations.Add(new() { UserId = session.UserId, PlaceKey = key, FirstSeenAt = session.StartedAt });
        }

        // Without a location database nothing is known and nothing is new: its loss must not mail everybody.
        return !known && session.Place.IsKnown;
    }
}
