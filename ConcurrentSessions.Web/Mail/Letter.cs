namespace ConcurrentSessions.Web.Mail;

/// <summary>A mail before it is laid out: to whom, about what, and what it says.</summary>
/// <param name="Kind">One of <see cref="MailKinds"/>, or other words of the portal's own.</param>
/// <param name="UserId">Whom it concerns.</param>
public sealed record Letter(string Kind, string To, string? UserId, MailContent Content, DateTimeOffset At)
{
    /// <summary>After this the mail says something that is no longer true; null: it stays true.</summary>
    public TimeSpan? ValidFor { get; init; }

    /// <summary>What support finds the event by, a session for instance; null: the mail itself.</summary>
    public Guid? Reference { get; init; }
}
