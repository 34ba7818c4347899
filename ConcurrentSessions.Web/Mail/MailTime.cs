using System.Globalization;

namespace ConcurrentSessions.Web.Mail;

/// <summary>Times as mails say them: UTC, and what the clock of a place showed.</summary>
public static class MailTime
{
    /// <summary>"1 March 2026, 10:02 UTC (11:02 in Paris)".</summary>
    /// <param name="zone">A name of the IANA time zone database; null or unknown: UTC alone.</param>
    public static string Words(DateTimeOffset at, string? zone)
    {
        var utc = at.ToUniversalTime();
        var text = Format(utc, "d MMMM yyyy, HH:mm 'UTC'");
        if (zone is null || !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
        {
            return text;
        }

        var there = TimeZoneInfo.ConvertTime(utc, found);
        return $"{text} ({Format(there, there.Date == utc.Date ? "HH:mm" : "d MMMM, HH:mm")} in {City(zone)})";
    }

    private static string City(string zone) => zone[(zone.LastIndexOf('/') + 1)..].Replace('_', ' ');

    private static string Format(DateTimeOffset at, string format) => at.ToString(format, CultureInfo.InvariantCulture);
}
