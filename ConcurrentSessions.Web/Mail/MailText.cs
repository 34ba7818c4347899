using System.Globalization;
using System.Text;

namespace ConcurrentSessions.Web.Mail;

/// <summary>A finished mail: subject, plain text and HTML saying the same.</summary>
public sealed record MailText(string Subject, string Text, string Html)
{
    public const int SubjectLength = 200;

    /// <summary>On one line, without control and invisible formatting characters (bidi marks), cut to the length of a subject.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, SubjectLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length + rune.Utf16SequenceLength > SubjectLength)
            {
                break;
            }

            var visible = Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
            if (visible)
            {
                line.Append(rune);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return line.ToString().Trim();
    }

    /// <summary>A mail address as it is; one that a stranger has put more into than a plain address, like "ada+evil.example/x@", is made harmless.</summary>
    public static string Address(string address) =>
        address.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '+' or '-' or '@') ? address : Unlinked(address);

    /// <summary>
    /// Text that came from elsewhere, made so that no mail program turns part of it into a link:
    /// they do so with plain text too, wherever a dot, a scheme or an @ joins two words.
    /// </summary>
    public static string Unlinked(string text)
    {
        var line = OneLine(text).Replace("@", " at ", StringComparison.Ordinal).Replace(":", ": ", StringComparison.Ordinal)
            .Replace("//", "/ /", StringComparison.Ordinal);
        var apart = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            apart.Append(line[i]);
            if (line[i] is '.' or '。' or '．' or '｡' && i + 1 < line.Length && line[i + 1] != ' ')
            {
                apart.Append(' ');
            }
        }

        return apart.ToString();
    }
}
