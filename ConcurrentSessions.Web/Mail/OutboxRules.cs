using ConcurrentSessions.Web.Audit;

namespace ConcurrentSessions.Web.Mail;

/// <summary>What an attempt means for the mail: done, given up, or when to try again.</summary>
internal static class OutboxRules
{
    private static readonly TimeSpan Perseverance = TimeSpan.FromHours(24);
    private static readonly BackOff Refusals = new(TimeSpan.FromHours(1));

    /// <returns>The audit event when the mail is done with, else null.</returns>
    public static AuditEvent? Apply(OutboxMessage message, Delivery delivery, DateTimeOffset now)
    {
        var tooOld = now - (message.RetriedAt ?? message.CreatedAt) >= Perseverance;
        switch (delivery.Result)
        {
            case DeliveryResult.Sent:
                message.Sent(now);
                return Event(AuditNames.MailSent, AuditOutcome.Succeeded, message.Kind);
            case DeliveryResult.Postponed when !tooOld:
                message.TryAgain(delivery.Reason, now + Refusals.After(message.Attempts + 1));
                return null;
            case DeliveryResult.Unavailable when !tooOld:
                message.PutBack(delivery.Reason, now);
                return null;
            default:
                message.GiveUp(delivery.Reason, now);
                return Event(AuditNames.MailFailed, AuditOutcome.Failed, $"{message.Kind}: {message.LastError}");
        }

        AuditEvent Event(string name, AuditOutcome outcome, string reason) => AuditEvent.Of(
            name, Actor.Portal, now, outcome, message.SubjectUserId,
            reason: reason.Length <= AuditTable.ReasonLength ? reason : reason[..AuditTable.ReasonLength]);
    }
}
