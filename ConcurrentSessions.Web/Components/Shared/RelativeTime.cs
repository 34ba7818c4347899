using System.Globalization;

namespace ConcurrentSessions.Web.Components.Shared;

/// <summary>Times in words, as people say them. Words never claim more precision than they have.</summary>
public static class RelativeTime
{
    private static readonly TimeSpan Now = TimeSpan.FromMinutes(1);

    /// <summary>"now", "5 minutes ago", "in 2 hours".</summary>
    public static string Of(DateTimeOffset time, DateTimeOffset now)
    {
        var distance = now - time;
        return distance >= Now ? $"{Length(distance)} ago"
            : distance <= -Now ? $"in {Length(-distance)}"
            : "now";
    }

    /// <summary>"23 Nov 2026, 14:02 UTC".</summary>
    public static string Exact(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>"1 minute", "3 hours", "12 days"; rounded.</summary>
    public static string Length(TimeSpan span) =>
        span.TotalSeconds < 59.5 ? Count(span.TotalSeconds, "second")
        : span.TotalMinutes < 59.5 ? Count(span.TotalMinutes, "minute")
        : span.TotalHours < 23.5 ? Count(span.TotalHours, "hour")
        : Count(span.TotalDays, "day");

    private static string Count(double number, string unit)
    {
        var whole = (long)Math.Round(number, MidpointRounding.AwayFromZero);
        return string.Create(CultureInfo.InvariantCulture, $"{whole} {unit}{(whole == 1 ? "" : "s")}");
    }
}
