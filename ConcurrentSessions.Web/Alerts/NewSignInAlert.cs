using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Risk;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>
/// Promises a mail, in the sign-in's own transaction, when what was decided on it says so, or a session ended to make room for it.
/// From then on its place is known.
/// </summary>
public sealed class NewSignInAlert(SignInLetters letters) : ISignInObserver
{
    public async ValueTask SessionOpenedAsync(
        PortalDbContext db, PortalUser user, Session session, bool newDevice, bool firstEver, CancellationToken ct)
    {
        await NoteAsync(db, session, ct);
        var evicted = Evicted(db, session);
        if (session.RiskResponse is >= RiskResponse.Mail)
        {
            await letters.NewSignInAsync(db, user, session, evicted, ct);
        }
        else if (evicted.Count > 0)
        {
            await letters.EvictedAsync(db, user, evicted, session, ct);
        }
    }

    // Ended in this very transaction, hence at hand.
    private static List<Session> Evicted(PortalDbContext db, Session newcomer) =>
        [.. db.Sessions.Local.Where(s => s.EndReason is EndReason.Evicted && s.EndedFrom == newcomer.Id)];

    private static async Task NoteAsync(PortalDbContext db, Session session, CancellationToken ct)
    {
        var key = KnownLocation.KeyOf(session.Place);
        if (!await db.KnownLocations.AnyAsync(l => l.UserId == session.UserId && l.PlaceKey == key, ct))
        {
            db.KnownLocations.Add(new() { UserId = session.UserId, PlaceKey = key, FirstSeenAt = session.StartedAt });
        }
    }
}
