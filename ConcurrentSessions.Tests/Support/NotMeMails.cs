using MimeKit;
using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>Mails as their readers find them.</summary>
public static class NotMeMails
{
    /// <summary>Mails to an address whose subject has these words, the oldest first.</summary>
    public static async Task<List<MimeMessage>> MailsAsync(this PortalFactory portal, string to, string words) =>
        [.. (await portal.MailsAsync()).Where(m => m.To.Mailboxes.Any(a => a.Address == to) && m.Subject!.Contains(words, StringComparison.Ordinal))];

    /// <summary>The path of a mail's only link to a page.</summary>
    public static string LinkTo(this MimeMessage mail, string page)
    {
        var origin = new Uri(Assert.Single((mail.TextBody ?? "").Split('\n'), line => line.Contains("Sent by ", StringComparison.Ordinal)).Split(" at ")[^1].Trim()).GetLeftPart(UriPartial.Authority);
        var lines = (mail.TextBody ?? "").Split('\n').Select(line => line.Trim());
        return Assert.Single(lines, line => line.StartsWith(origin + page, StringComparison.Ordinal))[origin.Length..];
    }
}
