using System.Diagnostics.CodeAnalysis;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>A session's public name, in lists, logs and the audit trail. Knowing it opens nothing.</summary>
public readonly record struct SessionId(Guid Value) : IParsable<SessionId>
{
    public static SessionId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    public static SessionId Parse(string s, IFormatProvider? provider) => new(Guid.Parse(s, provider));

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out SessionId result)
    {
        var parsed = Guid.TryParse(s, provider, out var value);
        result = new(value);
        return parsed;
    }

    /// <summary>Ids grow with time. Translated in queries.</summary>
    public int CompareTo(SessionId other) => Value.CompareTo(other.Value);

    public override string ToString() => Value.ToString();
}
