namespace ConcurrentSessions.Bench.Reports;

internal static class Statistics
{
    public static double Median(this IEnumerable<double> values) => values.Percentile(50);

    /// <summary>The nearest rank; of an even number of values the median is the mean of the two in the middle.</summary>
    public static double Percentile(this IEnumerable<double> values, double percent)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
        {
            return double.NaN;
        }

        if (percent == 50 && sorted.Length % 2 == 0)
        {
            return (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        }

        return sorted[Math.Clamp((int)Math.Ceiling(percent / 100 * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    /// <summary>Like "0.97–1.05".</summary>
    public static string Range(this IEnumerable<double> values, string format)
    {
        var all = values.ToList();
        return $"{all.Min().ToString(format)}–{all.Max().ToString(format)}";
    }
}
