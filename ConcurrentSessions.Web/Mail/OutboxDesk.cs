using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Mail;

/// <summary>The outbox as administrators see it: what became of each mail, never what it says.</summary>
public sealed class OutboxDesk(IDbContextFactory<PortalDbContext> databases, OutboxBell bell, TimeProvider clock)
{
    public const int PageSize = 25;

    /// <summary>Mails, the latest first.</summary>
    /// <param name="text">Part of an address, or a whole reference; empty: all.</param>
    /// <param name="page">From 0.</param>
    public async Task<MailsFound> SearchAsync(string? text, MailState? state, int page, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var mails = Matching(db.Outbox.AsNoTracking(), text?.Trim() ?? "");
        mails = state switch
        {
            MailState.Waiting => mails.Where(m => m.SentAt == null && m.FailedAt == null),
            MailState.Sent => mails.Where(m => m.SentAt != null),
            MailState.GivenUp => mails.Where(m => m.FailedAt != null),
            _ => mails,
        };
        var rows = await mails.OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.Id).Skip(page * PageSize).Take(PageSize)
            .Select(m => new MailView(
                m.Id, m.Kind, m.To, m.SubjectUserId, m.Reference ?? m.Id, m.CreatedAt, m.Attempts, m.NextAttemptAt, m.SentAt, m.FailedAt, m.LastError,
                m.FailedAt != null && m.TextBody != ""))
            .ToListAsync(ct);
        return new(rows, await mails.CountAsync(ct), await db.Outbox.CountAsync(m => m.FailedAt != null, ct));
    }

    /// <summary>Has a mail that was given up tried again. The actor's right is read again, with the change.</summary>
    /// <returns>False when it was not given up, has nothing left to send, or the actor is no administrator any more.</returns>
    public async Task<bool> RetryAsync(Guid id, Actor by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnOfAsync($"mail {id}", ct);
        if (!await db.ActiveAdministrators().AnyAsync(u => u.Id == by.UserId, ct)
            || await db.Outbox.SingleOrDefaultAsync(m => m.Id == id, ct) is not { } message || !message.Retry(clock.GetUtcNow()))
        {
            return false;
        }

        db.AuditEvents.Add(AuditEvent.Of(AuditNames.MailRetried, by, clock.GetUtcNow(), subject: message.SubjectUserId, reason: message.Kind));
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        bell.Ring();
        return true;
    }

    private static IQueryable<OutboxMessage> Matching(IQueryable<OutboxMessage> mails, string text) =>
        text.Length == 0 ? mails
        : Guid.TryParse(text, out var reference) ? mails.Where(m => m.Id == reference || m.Reference == reference)
        : mails.Where(m => m.Mailbox.Contains(OutboxMessage.MailboxOf(text)));
}

public enum MailState
{
    Waiting,
    Sent,
    GivenUp,
}

/// <param name="Total">Over all pages.</param>
/// <param name="GivenUp">Whatever was searched for.</param>
public sealed record MailsFound(IReadOnlyList<MailView> Mails, int Total, int GivenUp);

/// <summary>What became of a mail. It has neither subject nor text: they may hold links that open an account.</summary>
public sealed record MailView(
    Guid Id, string Kind, string To, string? UserId, Guid Reference, DateTimeOffset CreatedAt, int Attempts, DateTimeOffset NextAttemptAt,
    DateTimeOffset? SentAt, DateTimeOffset? FailedAt, string? LastError, bool MayBeRetried)
{
    public MailState State => SentAt is not null ? MailState.Sent : FailedAt is not null ? MailState.GivenUp : MailState.Waiting;
}
