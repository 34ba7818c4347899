using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>
/// Promises a mail, in the sign-in's own transaction, when the device or the place is new, or a session ended to make room for
/// it. The first sign-in of an account is silent.
/// </summary>
public sealed class NewSignInAlert(SignInLetters letters) : ISignInObserver
{
    public async ValueTask SessionOpenedAsync(
        PortalDbContext db, PortalUser user, Session session, bool newDevice, bool firstEver, CancellationToken ct)
    {
        var newPlace = await NoteAsync(db, session, ct);
        var evicted = Evicted(db, session);
        if (!firstEver && (newDevice || newPlace))
        {
            await letters.NewSignInAsync(db, user, session, newDevice, newPlace, evicted, ct);
        }
        else if (evicted.Count > 0)
        {
            await letters.EvictedAsync(db, user, evicted, session, ct);
        }
    }

    // Ended in this very transaction, hence at hand.
    private static List<Session> Evicted(PortalDbContext db, Session newcomer) =>
        [.. db.Sessions.Local.Where(s => s.EndReason is EndReason.Evicted && s.EndedFrom == newcomer.Id)];

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
