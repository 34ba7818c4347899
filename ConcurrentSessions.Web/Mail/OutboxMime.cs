using System.Diagnostics.CodeAnalysis;
using MimeKit;

namespace ConcurrentSessions.Web.Mail;

/// <summary>The mail as it travels: text and HTML, one sender, one recipient, the outbox id as Message-ID.</summary>
internal static class OutboxMime
{
    /// <summary>False when the recipient is not exactly one plain address.</summary>
    public static bool TryWrite(OutboxMessage message, string from, [NotNullWhen(true)] out MimeMessage? mime)
    {
        mime = null;
        if (message.To.Any(char.IsControl) || !MailboxAddress.TryParse(message.To, out var to)
            || !string.IsNullOrEmpty(to.Name) || string.IsNullOrEmpty(to.Domain))
        {
            return false;
        }

        var sender = MailboxAddress.Parse(from);
        var body = new BodyBuilder { TextBody = message.TextBody, HtmlBody = message.HtmlBody };
        mime = new MimeMessage([sender], [to], MailText.OneLine(message.Subject), body.ToMessageBody())
        {
            MessageId = $"{message.Id:N}@{sender.Domain}",
            Date = message.CreatedAt,
        };
        mime.Headers.Add("Auto-Submitted", "auto-generated");
        return true;
    }
}
