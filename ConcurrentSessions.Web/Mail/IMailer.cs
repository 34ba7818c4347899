namespace ConcurrentSessions.Web.Mail;

/// <summary>Hands one mail to the next hop: an SMTP server, or a folder.</summary>
public interface IMailer
{
    /// <summary>What can go wrong on the way is an answer, not an exception.</summary>
    Task<Delivery> SendAsync(OutboxMessage message, CancellationToken ct);
}

/// <summary>What became of one attempt. The reason says why it was not sent and never holds a secret or a body.</summary>
public sealed record Delivery(DeliveryResult Result, string Reason = "")
{
    public static Delivery Sent { get; } = new(DeliveryResult.Sent);

    /// <summary>This address will never take it.</summary>
    public static Delivery Refused(string reason) => new(DeliveryResult.Refused, reason);

    /// <summary>This mail was not taken now.</summary>
    public static Delivery Postponed(string reason) => new(DeliveryResult.Postponed, reason);

    /// <summary>No mail is taken now: the others need not try.</summary>
    public static Delivery Unavailable(string reason) => new(DeliveryResult.Unavailable, reason);
}

public enum DeliveryResult
{
    Sent,
    Refused,
    Postponed,
    Unavailable,
}
