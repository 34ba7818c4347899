using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>
/// “This wasn't me”: takes away what a reported sign-in could do, step by step. Everything in here only reduces access, is done
/// once however often it is asked for, and works as well after the session has ended.
/// </summary>
public sealed class NotMe(
    IDbContextFactory<PortalDbContext> databases, SessionList list, SessionEnder ender, MailPost post, OutboxBell bell, PublicLinks links,
    ISessionSignal signal, TimeProvider clock)
{
    /// <summary>What a mailed link is about, in whatever state; null when there is no such link.</summary>
    public async Task<NotMeEvent?> FindAsync(SessionKey key, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var hash = key.Hash();
        return await db.NotMeLinks.AsNoTracking().SingleOrDefaultAsync(l => l.KeyHash == hash, ct) is { } link
            ? await EventAsync(db, link, ct)
            : null;
    }

    /// <summary>The first step: ends the session and forgets its device. The administrators are told.</summary>
    /// <returns>False when it had been reported before, or there is no such sign-in of this user, or it is the actor's own session.</returns>
    public async Task<bool> ReportAsync(string userId, SessionId id, Actor by, CancellationToken ct)
    {
        var ended = await databases.PersistAsync(db => ReportAsync(db, userId, id, by, ct), ct);
        if (ended is not null)
        {
            Tell(userId, ended);
        }

        return ended is not null;
    }

    /// <summary>The second step, for a sign-in that was reported: as the person chooses, ends everything and makes the password void.</summary>
    /// <returns>What of the choices was done now.</returns>
    public async Task<NotMeChoices> ContainAsync(string userId, SessionId id, NotMeChoices choices, Actor by, CancellationToken ct)
    {
        var (done, ended) = await databases.PersistAsync(db => ContainAsync(db, userId, id, choices, by, ct), ct);
        if (done.IsAny)
        {
            Tell(userId, ended);
        }

        return done;
    }

    private async Task<NotMeEvent> EventAsync(PortalDbContext db, NotMeLink link, CancellationToken ct)
    {
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == link.UserId, ct);
        return new(
            link.UserId, link.SessionId, await list.FindAsync(link.SessionId, ct), clock.GetUtcNow() >= link.ExpiresAt, MayReset(user),
            await db.DisownedSignIns.AsNoTracking().SingleOrDefaultAsync(d => d.SessionId == link.SessionId, ct));
    }

    private async Task<IReadOnlyList<Session>?> ReportAsync(PortalDbContext db, string userId, SessionId id, Actor by, CancellationToken ct)
    {
        await using var turn = await db.TakeTurnAsync(userId, ct);
        if (by.SessionId == id.Value
            || await db.Sessions.Of(userId).SingleOrDefaultAsync(s => s.Id == id, ct) is not { } session
            || await db.DisownedSignIns.AnyAsync(d => d.SessionId == id, ct))
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var ended = await db.Sessions.Of(userId).NotEnded().Where(s => s.DeviceId == session.DeviceId).ToListAsync(ct);
        ended.RemoveAll(s => s.Id.Value == by.SessionId);
        ender.End(db, ended, EndReason.Disowned, by);
        await ForgetAsync(db, session, by, ct);
        db.DisownedSignIns.Add(DisownedSignIn.Of(userId, id, now));
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.SignInReported, by, now, subject: userId, session: id.Value, reason: Way(by)));
        await TellAdministratorsAsync(db, await db.UserAsync(userId, ct), session, by, now, ct);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        return ended;
    }

    // The stranger's next sign-in shall be news again. The device one reports from is one's own, whatever signed in there.
    private static async Task ForgetAsync(PortalDbContext db, Session session, Actor by, CancellationToken ct)
    {
        var own = by.SessionId is { } from ? new SessionId(from) : default;
        var sessions = db.Sessions;
        await db.Devices.Where(d => d.Id == session.DeviceId && d.UserId == session.UserId && !sessions.Any(s => s.Id == own && s.DeviceId == d.Id))
            .ExecuteDeleteAsync(ct);
        var place = KnownLocation.KeyOf(session.Place);
        await db.KnownLocations.Where(l => l.UserId == session.UserId && l.PlaceKey == place && l.FirstSeenAt >= session.StartedAt).ExecuteDeleteAsync(ct);
    }

    private async Task TellAdministratorsAsync(PortalDbContext db, PortalUser user, Session session, Actor by, DateTimeOffset now, CancellationToken ct)
    {
        var account = user.Email ?? user.UserName ?? user.Id;
        await db.LockAsync(Locks.Administrators, ct); // two reports at once count their mails one after the other
        foreach (var administrator in await db.ActiveAdministrators().Where(u => u.Email != null && u.Id != user.Id).ToListAsync(ct))
        {
            var mail = NotMeMail.ToAdministrator(account, session, now, by.Kind is ActorKind.Visitor, links.To($"/admin/users/{user.Id}"));
            var letter = new Letter(MailKinds.SignInReported, administrator.Email!, administrator.Id, mail, now) { Reference = session.Id.Value };
            await post.NotifyAsync(db, administrator, letter, NotMeMail.Line(account, session), notMe: null, ct);
        }
    }

    private async Task<(NotMeChoices Done, IReadOnlyList<Session> Ended)> ContainAsync(
        PortalDbContext db, string userId, SessionId id, NotMeChoices choices, Actor by, CancellationToken ct)
    {
        await using var turn = await db.TakeTurnAsync(userId, ct);
        var now = clock.GetUtcNow();
        var user = await db.UserAsync(userId, ct);
        if (await db.DisownedSignIns.SingleOrDefaultAsync(d => d.SessionId == id && d.UserId == userId, ct) is not { } report
            || report.Take(choices with { NewPassword = choices.NewPassword && MayReset(user) }, now) is not { IsAny: true } left)
        {
            return (new(false, false), []);
        }

        var ended = await EndAllAsync(db, user, by, ct);
        if (left.NewPassword)
        {
            await VoidPasswordAsync(db, user, by, now, ct);
        }

        db.AuditEvents.Add(AuditEvent.Of(AuditNames.SignInContained, by, now, subject: userId, session: id.Value,
            reason: $"{Way(by)}: {ended.Count} sessions ended{(left.NewPassword ? ", password made void, reset link mailed" : "")}"));
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        return (left, ended);
    }

    // As a change of credentials does: sign-ins under way, remembered factors and mailed links are void with the old stamp.
    private async Task<IReadOnlyList<Session>> EndAllAsync(PortalDbContext db, PortalUser user, Actor by, CancellationToken ct)
    {
        user.SecurityStamp = Guid.NewGuid().ToString();
        user.StartNewGeneration();
        var sessions = await db.Sessions.Of(user.Id).NotEnded().ToListAsync(ct);
        if (sessions.Find(s => s.Id.Value == by.SessionId) is { } own)
        {
            own.SecurityStamp = user.SecurityStamp;
            sessions.Remove(own);
        }

        ender.End(db, sessions, EndReason.Disowned, by);
        return sessions;
    }

    private async Task VoidPasswordAsync(PortalDbContext db, PortalUser user, Actor by, DateTimeOffset now, CancellationToken ct)
    {
        user.PasswordHash = null;
        var token = await MailedToken.IssueAsync(db, user, UserManager<PortalUser>.ResetPasswordTokenPurpose, now, ct);
        var link = links.To("/Account/ResetPassword", ("code", MailedCode.ForLink(token)));
        post.Promise(db, new(MailKinds.ResetAfterReport, user.Email!, user.Id, NotMeMail.NewPassword(user.Email!, link), now) { ValidFor = MailedToken.Lifetime });
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.CredentialsChanged, by, now, subject: user.Id, reason: "password made void"));
    }

    private void Tell(string userId, IReadOnlyList<Session> ended)
    {
        ender.Tell(ended);
        signal.Publish(new SessionChange(userId, null, SessionChangeKind.UserChanged));
        bell.Ring();
    }

    private static bool MayReset(PortalUser user) => user is { Email: not null, EmailConfirmed: true, IsDisabled: false, PasswordHash: not null };

    private static string Way(Actor by) => by.Kind is ActorKind.Visitor ? "by a mailed link" : "in the portal";
}

/// <summary>What a mailed link is about.</summary>
/// <param name="Session">Null once its row is purged.</param>
/// <param name="MayReset">There is a password to make void, and an address to mail to.</param>
/// <param name="Report">Null until it was reported.</param>
public sealed record NotMeEvent(string UserId, SessionId SessionId, SessionView? Session, bool IsExpired, bool MayReset, DisownedSignIn? Report);
