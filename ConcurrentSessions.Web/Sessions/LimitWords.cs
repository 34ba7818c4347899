using System.Globalization;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>A limit as people and scripts write it: "3" or "unlimited", and "ask", "evict" or "refuse".</summary>
public static class LimitWords
{
    public const string Unlimited = "unlimited";

    /// <summary>What a number of seats may be, for sentences.</summary>
    public static string Allowed { get; } = $"a whole number from 1 to {SessionLimit.Most}, or {Unlimited}";

    /// <param name="seats">Null for "unlimited".</param>
    public static bool TryReadSeats(string? typed, out int? seats)
    {
        var number = 0;
        var unlimited = string.Equals(typed, Unlimited, StringComparison.OrdinalIgnoreCase);
        var read = unlimited
            || (int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number is >= 1 and <= SessionLimit.Most);
        seats = read && !unlimited ? number : null;
        return read;
    }

    /// <summary>Reads the words, and the names that the settings use.</summary>
    public static bool TryReadWhenFull(string? typed, out WhenFull whenFull)
    {
        (var read, whenFull) = typed?.ToUpperInvariant() switch
        {
            "ASK" => (true, WhenFull.Ask),
            "EVICT" or "EVICTLEASTRECENT" => (true, WhenFull.EvictLeastRecent),
            "REFUSE" => (true, WhenFull.Refuse),
            _ => (false, default),
        };
        return read;
    }

    public static string Word(this WhenFull whenFull) => whenFull switch
    {
        WhenFull.EvictLeastRecent => "evict",
        WhenFull.Refuse => "refuse",
        _ => "ask",
    };
}
