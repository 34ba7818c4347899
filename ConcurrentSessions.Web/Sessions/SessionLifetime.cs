namespace ConcurrentSessions.Web.Sessions;

/// <summary>How long a session may go unused, and how long it may live at all (ASVS 7.3.1, 7.3.2).</summary>
public sealed record SessionLifetime(TimeSpan IdleTimeout, TimeSpan AbsoluteLifetime)
{
    /// <summary>Allowed idle timeouts: 1 minute to 90 days.</summary>
    public static readonly (TimeSpan Least, TimeSpan Most) IdleRange = (TimeSpan.FromMinutes(1), TimeSpan.FromDays(90));

    /// <summary>Allowed absolute lifetimes: 1 minute to 365 days, never below the idle timeout.</summary>
    public static readonly (TimeSpan Least, TimeSpan Most) AbsoluteRange = (TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));

    public SessionLifetime ShorterOf(SessionLifetime other) => new(
        IdleTimeout < other.IdleTimeout ? IdleTimeout : other.IdleTimeout,
        AbsoluteLifetime < other.AbsoluteLifetime ? AbsoluteLifetime : other.AbsoluteLifetime);

    /// <summary>One sentence on what is wrong with the pair, or null.</summary>
    public string? Problem(string idleName, string absoluteName) =>
        IdleTimeout < IdleRange.Least || IdleTimeout > IdleRange.Most
            ? $"{idleName} is '{IdleTimeout}'; it must be 00:01:00 to 90.00:00:00."
        : AbsoluteLifetime < AbsoluteRange.Least || AbsoluteLifetime > AbsoluteRange.Most
            ? $"{absoluteName} is '{AbsoluteLifetime}'; it must be 00:01:00 to 365.00:00:00."
        : AbsoluteLifetime < IdleTimeout
            ? $"{absoluteName} is '{AbsoluteLifetime}'; it must not be shorter than {idleName} ('{IdleTimeout}')."
        : null;
}
