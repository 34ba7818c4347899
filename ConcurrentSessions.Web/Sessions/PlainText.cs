using System.Globalization;
using System.Text;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>What people type, made into one line of visible characters: no controls, nothing that turns the direction of reading.</summary>
public static class PlainText
{
    public static string OneLine(string? typed)
    {
        var kept = new StringBuilder(Math.Min(typed?.Length ?? 0, 256));
        foreach (var rune in (typed ?? "").EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator))
            {
                kept.Append(rune);
            }
        }

        return kept.ToString().Trim();
    }
}
