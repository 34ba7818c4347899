using System.Globalization;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Components.Admin;

/// <summary>The panel's words for numbers, times and rules.</summary>
public static class PanelWords
{
    /// <summary>"2026-11-23 09:30:05 UTC".</summary>
    public static string Utc(this DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>"1 session", "3 sessions".</summary>
    public static string Count(int number, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {one}{(number == 1 ? "" : "s")}");

    /// <summary>"14 days", "1 hour 30 minutes".</summary>
    public static string Words(this TimeSpan span)
    {
        var parts = new[] { (span.Days, "day"), (span.Hours, "hour"), (span.Minutes, "minute"), (span.Seconds, "second") };
        return string.Join(" ", parts.Where(p => p.Item1 != 0).Select(p => Count(p.Item1, p.Item2)));
    }

    /// <summary>A limit's seats: "3" or "Unlimited".</summary>
    public static string Seats(int? seats) => seats?.ToString(CultureInfo.InvariantCulture) ?? "Unlimited";

    /// <summary>"3, by role User"; "Unlimited, by the user's own limit".</summary>
    public static string Limit(EffectiveRules effective) => $"{Seats(effective.Limit.Seats)}, by {effective.DecidedBy}";

    public static string Name(this WhenFull whenFull) => whenFull switch
    {
        WhenFull.Ask => "Ask",
        WhenFull.EvictLeastRecent => "Evict the least recently used",
        _ => "Refuse",
    };

    public static string Explanation(this WhenFull whenFull) => whenFull switch
    {
        WhenFull.Ask => "The person chooses which session to end before the new one starts.",
        WhenFull.EvictLeastRecent => "The session that was not used for the longest time ends, and the new one starts.",
        _ => "The new sign-in is turned away; every session stays.",
    };

    /// <summary>The effect of a change of limit, as a question's first sentences.</summary>
    public static string Sentence(this LimitEffect effect)
    {
        var over = effect.Sessions == 0 ? "" : effect.Users == 1
            ? $"1 user has more sessions than this limit allows; {Count(effect.Sessions, "session")} too many. "
            : $"{Count(effect.Users, "user")} have more sessions than this limit allows; {Count(effect.Sessions, "session")} too many. ";
        return effect.Expiring == 0 ? over
            : $"{over}The shorter lifetimes end {Count(effect.Expiring, "session")} in any case. ";
    }
}
