using System.Globalization;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>A name a person gives a device: one line of at most 64 visible characters.</summary>
public readonly record struct DeviceName
{
    private DeviceName(string text) => Text = text;

    public string Text { get; }

    /// <summary>Reads what was typed, or says in one sentence why it cannot be a name.</summary>
    public static bool TryRead(string? typed, out DeviceName name, out string? problem)
    {
        var text = PlainText.OneLine(typed);
        name = new(text);
        problem = text.Length > Device.NameLength
            ? string.Create(CultureInfo.InvariantCulture,
                $"A device name has at most {Device.NameLength} characters; this one has {text.Length}.")
            : null;
        return problem is null;
    }
}
