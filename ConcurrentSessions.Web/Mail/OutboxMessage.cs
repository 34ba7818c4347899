namespace ConcurrentSessions.Web.Mail;

/// <summary>
/// A mail promised in a transaction and delivered after it, at least once. Its bodies are wiped when it is done with:
/// they may hold links that open an account.
/// </summary>
public sealed class OutboxMessage
{
    /// <summary>Made by the caller, before the transaction, so that a repeated transaction promises one mail. Also the Message-ID.</summary>
    public required Guid Id { get; init; }

    /// <summary>What it is about, in the portal's words; the audit trail says it instead of the subject.</summary>
    public required string Kind { get; init; }

    public required string To { get; init; }

    public required string Subject { get; init; }

    public string TextBody { get; private set; } = "";

    public string HtmlBody { get; private set; } = "";

    /// <summary>The user it concerns.</summary>
    public string? SubjectUserId { get; init; }

    /// <summary>UTC; the Date of the mail, however late it is delivered.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset NextAttemptAt { get; private set; }

    /// <summary>After this it says something no longer true and is dropped instead; null: until given up.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public int Attempts { get; private set; }

    /// <summary>Until then one node works on it and the others leave it alone.</summary>
    public DateTimeOffset? LeaseUntil { get; private set; }

    public DateTimeOffset? SentAt { get; private set; }

    /// <summary>When it was given up.</summary>
    public DateTimeOffset? FailedAt { get; private set; }

    public string? LastError { get; private set; }

    /// <summary>Without <paramref name="validFor"/> the mail stays true until delivery is given up.</summary>
    public static OutboxMessage Of(
        Guid id, string kind, string to, MailText mail, string? subjectUserId, DateTimeOffset now, TimeSpan? validFor = null) => new()
        {
            Id = id,
            Kind = kind,
            To = to,
            Subject = mail.Subject,
            TextBody = mail.Text,
            HtmlBody = mail.Html,
            SubjectUserId = subjectUserId,
            CreatedAt = now,
            NextAttemptAt = now,
            ExpiresAt = now + validFor,
        };

    public void Sent(DateTimeOffset now)
    {
        Attempts++;
        (SentAt, LeaseUntil, LastError) = (now, null, null);
        Wipe();
    }

    public void GiveUp(string why, DateTimeOffset now)
    {
        (FailedAt, LeaseUntil, LastError) = (now, null, OutboxTable.Cut(why));
        Wipe();
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
