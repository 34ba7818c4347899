using System.Globalization;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>What an administrator tells those whose sessions end: one line of at most 200 visible characters, or nothing.</summary>
public readonly record struct EndNote
{
    public const int Length = 200;

    private EndNote(string? text) => Text = text;

    /// <summary>Null when nothing is told.</summary>
    public string? Text { get; }

    /// <summary>Reads what was typed, or says in one sentence why it cannot be told.</summary>
    public static bool TryRead(string? typed, out EndNote note, out string? problem)
    {
        var text = PlainText.OneLine(typed);
        note = new(text.Length == 0 ? null : text);
        problem = text.Length > Length
            ? string.Create(CultureInfo.InvariantCulture, $"A reason has at most {Length} characters; this one has {text.Length}.")
            : null;
        return problem is null;
    }
}
