using System.Globalization;

namespace ConcurrentSessions.Web.Components.Admin;

/// <summary>A length of time as it is typed: a number and its unit.</summary>
public sealed class DurationInput
{
    private const int Most = 1_000_000;

    public string? Text { get; set; } = "";

    public DurationUnit Unit { get; set; } = DurationUnit.Minutes;

    /// <summary>In the largest unit that says it in a whole number.</summary>
    public static DurationInput Of(TimeSpan span)
    {
        var unit = new[] { DurationUnit.Days, DurationUnit.Hours, DurationUnit.Minutes }
            .FirstOrDefault(u => span.Ticks % Length(u).Ticks == 0, DurationUnit.Seconds);
        return new() { Text = (span.Ticks / Length(unit).Ticks).ToString(CultureInfo.InvariantCulture), Unit = unit };
    }

    /// <returns>Null when what was typed is no whole number of the unit.</returns>
    public TimeSpan? Read() =>
        int.TryParse(Text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Most
            ? number * Length(Unit)
            : null;

    /// <summary>One sentence for a duration that cannot be read.</summary>
    /// <param name="name">The field's label.</param>
    public static string Sentence(string name) => $"{name} must be a whole number of minutes, hours or days.";

    private static TimeSpan Length(DurationUnit unit) => unit switch
    {
        DurationUnit.Seconds => TimeSpan.FromSeconds(1),
        DurationUnit.Minutes => TimeSpan.FromMinutes(1),
        DurationUnit.Hours => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };
}

public enum DurationUnit
{
    /// <summary>For a setting that is no whole number of minutes.</summary>
    Seconds,
    Minutes,
    Hours,
    Days,
}
