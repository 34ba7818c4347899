using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Risk;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>Promises the mails about sign-ins and ended sessions, each with its own link to “This wasn't me”, in the caller's turn of the user.</summary>
public sealed class SignInLetters(MailPost post, PublicLinks links)
{
    /// <param name="madeRoom">Sessions that ended for it.</param>
    public async Task NewSignInAsync(
        PortalDbContext db, PortalUser user, Session session, IReadOnlyList<Session> madeRoom, CancellationToken ct)
    {
        if (user.Email is not { } to)
        {
            return;
        }

        var notMe = NotMeLink.Issue(db, links, session, session.StartedAt);
        var notice = new NewSignInNotice(
            $"{MailLayout.Product} ({links.Root.Authority})", to, session.StartedAt, await ZoneAsync(db, session, ct), session.Device.Name, session.Place,
            session.IpAddress ?? "unknown", session.Method.Name(), session.RiskReasons ?? RiskReasons.None, [.. madeRoom.Select(s => s.Device.Name)], notMe, links.To("/sessions"));
        var letter = new Letter(MailKinds.NewSignIn, to, user.Id, NewSignInMail.For(notice), session.StartedAt) { Reference = session.Id.Value };
        await post.NotifyAsync(db, user, letter, NewSignInMail.Line(session), notMe, ct);
    }

    /// <param name="ended">At least one session, the least recently used, that ended for the newcomer.</param>
    public async Task EvictedAsync(PortalDbContext db, PortalUser user, IReadOnlyList<Session> ended, Session newcomer, CancellationToken ct)
    {
        if (user.Email is not { } to)
        {
            return;
        }

        var notMe = NotMeLink.Issue(db, links, newcomer, newcomer.StartedAt);
        var mail = SessionEndedMail.ForLimit(to, ended, newcomer, await ZoneAsync(db, newcomer, ct), notMe, links.To("/sessions"));
        var letter = new Letter(MailKinds.SessionEnded, to, user.Id, mail, newcomer.StartedAt) { Reference = newcomer.Id.Value };
        await post.NotifyAsync(db, user, letter, SessionEndedMail.Line(ended, byAdministrator: false), notMe, ct);
    }

    /// <param name="ended">At least one session, ended by an administrator.</param>
    public async Task EndedByAdministratorAsync(
        PortalDbContext db, PortalUser user, IReadOnlyList<Session> ended, bool limitLowered, DateTimeOffset at, CancellationToken ct)
    {
        if (user.Email is not { } to)
        {
            return;
        }

        var notMe = NotMeLink.Issue(db, links, ended[0], at);
        var mail = SessionEndedMail.ByAdministrator(to, ended, limitLowered, at, await ZoneAsync(db, ended[0], ct), notMe, links.To("/sessions"));
        var letter = new Letter(MailKinds.SessionEnded, to, user.Id, mail, at) { Reference = ended[0].Id.Value };
        await post.NotifyAsync(db, user, letter, SessionEndedMail.Line(ended, byAdministrator: true), notMe, ct);
    }

    // The person's clock, not the stranger's: where they were before this sign-in; without that, where it came from.
    private static async Task<string?> ZoneAsync(PortalDbContext db, Session session, CancellationToken ct) =>
        await db.Sessions.Of(session.UserId).Where(s => s.StartedAt < session.StartedAt && s.Place.TimeZone != null)
            .OrderByDescending(s => s.StartedAt).Select(s => s.Place.TimeZone).FirstOrDefaultAsync(ct)
        ?? session.Place.TimeZone;
}
