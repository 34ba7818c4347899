namespace ConcurrentSessions.Web.Mail;

/// <summary>
/// A mail promised in a transaction and delivered after it, at least once. Its bodies are wiped when it was sent, and when
/// it was given up and its links open something; a notice that was given up keeps its own for a while, to be sent again.
/// </summary>
public sealed class OutboxMessage
{
    /// <summary>Made by the caller, before the transaction, so that a repeated transaction promises one mail. Also the Message-ID.</summary>
    public required Guid Id { get; init; }

    /// <summary>What it is about, in the portal's words; the audit trail says it instead of the subject.</summary>
    public required string Kind { get; init; }

    public required string To { get; init; }

    /// <summary><see cref="To"/> as budgets count it: in capitals or not, it is one mailbox.</summary>
    public string Mailbox { get; private init; } = "";

    public required string Subject { get; init; }

    public string TextBody { get; private set; } = "";

    public string HtmlBody { get; private set; } = "";

    /// <summary>The user it concerns.</summary>
    public string? SubjectUserId { get; init; }

    /// <summary>What the mail calls its reference: the session it is about; null: the mail itself.</summary>
    public Guid? Reference { get; init; }

    /// <summary>UTC; the Date of the mail, however late it is delivered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset NextAttemptAt { get; private set; }

    /// <summary>After this it says something no longer true and is dropped instead; null: until given up.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public int Attempts { get; private set; }

    /// <summary>Until then one node works on it and the others leave it alone.</summary>
    public DateTimeOffset? LeaseUntil { get; private set; }

    public DateTimeOffset? SentAt { get; private set; }

    /// <summary>When an administrator last had it tried again (UTC); a day of tries begins anew.</summary>
    public DateTimeOffset? RetriedAt { get; private set; }

    /// <summary>When it was given up.</summary>
    public DateTimeOffset? FailedAt { get; private set; }

    public string? LastError { get; private set; }

    /// <summary>Given up, and its text is still there and still true.</summary>
    public bool MayBeRetried => FailedAt is not null && TextBody.Length > 0;

    /// <summary>Without <paramref name="validFor"/> the mail stays true until delivery is given up.</summary>
    public static OutboxMessage Of(
        Guid id, string kind, string to, MailText mail, string? subjectUserId, DateTimeOffset now, TimeSpan? validFor = null,
        Guid? reference = null) => new()
        {
            Id = id,
            Kind = kind,
            To = to,
            Mailbox = MailboxOf(to),
            Subject = mail.Subject,
            TextBody = mail.Text,
            HtmlBody = mail.Html,
            SubjectUserId = subjectUserId,
            Reference = reference,
            CreatedAt = now,
            NextAttemptAt = now,
            ExpiresAt = now + validFor,
        };

    internal static string MailboxOf(string address) => address.ToLowerInvariant();

    public void Sent(DateTimeOffset now)
    {
        Attempts++;
        (SentAt, LeaseUntil, LastError) = (now, null, null);
        Wipe();
    }

    public void GiveUp(string why, DateTimeOffset now)
    {
        (FailedAt, LeaseUntil, LastError) = (now, null, OutboxTable.Cut(why));
        if (ExpiresAt is not null)
        {
            Wipe(); // what its link opens is not for a table to keep
        }
    }

    /// <summary>Has one that was given up tried again, for another day.</summary>
    /// <returns>False when there is nothing to send any more.</returns>
    public bool Retry(DateTimeOffset now)
    {
        if (!MayBeRetried)
        {
            return false;
        }

        (FailedAt, RetriedAt, NextAttemptAt) = (null, now, now);
        return true;
    }

    /// <summary>This mail was turned down for now.</summary>
    public void TryAgain(string why, DateTimeOffset next)
    {
        Attempts++;
        (NextAttemptAt, LeaseUntil, LastError) = (next, null, OutboxTable.Cut(why));
    }

    /// <summary>No mail at all can be sent now; that is not counted against this one, but another is tried first when it ends.</summary>
    public void PutBack(string why, DateTimeOffset now) =>
        (NextAttemptAt, LeaseUntil, LastError) = (now, null, OutboxTable.Cut(why));

    private void Wipe() => (TextBody, HtmlBody) = ("", "");
}
