using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Mail;

/// <summary>Lays mails out and puts them into the outbox, in the caller's transaction: sent if it commits, never otherwise.</summary>
public sealed class MailPost(PublicLinks links)
{
    /// <summary>How many notices one address gets in <see cref="BudgetPeriod"/>; what comes then waits for a digest.</summary>
    public const int Budget = 10;

    public static readonly TimeSpan BudgetPeriod = TimeSpan.FromHours(24);

    /// <summary>At most one digest in this time.</summary>
    public static readonly TimeSpan DigestPeriod = TimeSpan.FromHours(1);

    public void Promise(PortalDbContext db, Letter letter)
    {
        var id = Guid.CreateVersion7(letter.At);
        var mail = MailLayout.LayOut(letter.Content, links.Root, letter.Reference ?? id);
        db.Outbox.Add(OutboxMessage.Of(id, letter.Kind, letter.To, mail, letter.UserId, letter.At, letter.ValidFor, letter.Reference));
    }

    /// <summary>
    /// Promises a notice, or keeps it for the next digest when the address has had its share. Counted exactly where the
    /// caller holds the turn of the user whose address it is; without it, what comes at the same moment may be one more.
    /// </summary>
    /// <param name="line">The notice in one line, for the digest.</param>
    /// <param name="notMe">Where it can be reported, for the digest.</param>
    public async Task NotifyAsync(PortalDbContext db, PortalUser to, Letter letter, string line, Uri? notMe, CancellationToken ct)
    {
        var since = letter.At - BudgetPeriod;
        var (notices, mailbox) = (MailKinds.Notices, OutboxMessage.MailboxOf(letter.To));
        if (await db.Outbox.CountAsync(m => m.Mailbox == mailbox && m.CreatedAt > since && notices.Contains(m.Kind), ct) < Budget)
        {
            Promise(db, letter);
            return;
        }

        var due = await db.HeldNotices.Where(h => h.UserId == to.Id).MinAsync(h => (DateTimeOffset?)h.DueAt, ct) ?? letter.At + DigestPeriod;
        db.HeldNotices.Add(HeldNotice.Of(to.Id, letter, due, line, notMe));
    }
}
