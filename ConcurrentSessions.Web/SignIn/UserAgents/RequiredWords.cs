namespace ConcurrentSessions.Web.SignIn.UserAgents;

/// <summary>
/// Finds, in a regular expression, words of which every match contains one: a text without them needs no matching. It understands
/// what uap-core uses (literals, escapes, classes, groups, alternatives, repeats) and passes over all else.
/// </summary>
internal ref struct RequiredWords
{
    private const int Shortest = 3;
    private const int Most = 64;

    private readonly ReadOnlySpan<char> pattern;
    private int at;

    private RequiredWords(string pattern) => this.pattern = pattern;

    /// <returns>Null when none can be told.</returns>
    public static IReadOnlyList<string>? Of(string pattern) => new RequiredWords(pattern).Alternatives();

    // a|b|c: one of the words of each.
    private List<string>? Alternatives()
    {
        List<string>? all = [];
        while (true)
        {
            var words = Sequence();
            all = words is null || all is null ? null : [.. all, .. words];
            if (at >= pattern.Length || pattern[at] == ')')
            {
                return all?.Count <= Most ? all : null;
            }

            at++; // the bar
        }
    }

    // The longest run of letters that is not optional, or the words of a group, whichever are longer.
    private List<string>? Sequence()
    {
        List<string>? best = null;
        var run = "";
        while (at < pattern.Length && pattern[at] is not ('|' or ')'))
        {
            var (letter, words) = Next();
            var optional = PassRepeat(out var repeated);
            if (letter is { } plain && !optional)
            {
                run += plain;
            }

            if (letter is null || optional || repeated)
            {
                best = Better(best, run.Length >= Shortest ? [run] : null);
                run = "";
            }

            best = optional ? best : Better(best, words);
        }

        return Better(best, run.Length >= Shortest ? [run] : null);
    }

    // A letter, or a group's words; neither for a class, an anchor or anything else.
    private (char? Letter, List<string>? Words) Next()
    {
        var c = pattern[at++];
        switch (c)
        {
            case '(':
                at += at + 1 < pattern.Length && pattern[at] == '?' && pattern[at + 1] == ':' ? 2 : 0;
                var words = Alternatives();
                at++; // the closing one
                return (null, words);
            case '[':
                PassClass();
                return default;
            case '\\':
                var escaped = pattern[at++];
                return char.IsAsciiLetterOrDigit(escaped) ? default : (escaped, null);
            case '.' or '^' or '$':
                return default;
            default:
                return (c, null);
        }
    }

    private void PassClass()
    {
        at += pattern[at] == '^' ? 1 : 0;
        at += pattern[at] == ']' ? 1 : 0;
        while (pattern[at] != ']')
        {
            at += pattern[at] == '\\' ? 2 : 1;
        }

        at++;
    }

    // ?, *, {0,…} make what is before them optional; + and {n,…} end a run of letters.
    private bool PassRepeat(out bool repeated)
    {
        repeated = at < pattern.Length && pattern[at] is '?' or '*' or '+' or '{';
        if (!repeated)
        {
            return false;
        }

        var optional = pattern[at] is '?' or '*' || (pattern[at] == '{' && pattern[at + 1] == '0');
        at += pattern[at] == '{' ? pattern[at..].IndexOf('}') + 1 : 1;
        at += at < pattern.Length && pattern[at] is '?' ? 1 : 0;
        return optional;
    }

    private static List<string>? Better(List<string>? one, List<string>? other) =>
        one is null || (other is not null && Score(other) > Score(one)) ? other : one;

    private static int Score(List<string> words) => words.Min(w => w.Length);
}
