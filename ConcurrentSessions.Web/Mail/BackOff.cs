namespace ConcurrentSessions.Web.Mail;

/// <summary>How long to wait after a failure: 5 s, doubled each time up to a limit, and up to a fifth less so that many do not come back at once.</summary>
public sealed class BackOff(TimeSpan longest)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    /// <param name="failures">How many there were, this one included.</param>
    public TimeSpan After(int failures)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var full = Math.Min(First.TotalSeconds * Math.Pow(2, failures - 1), longest.TotalSeconds);
        return TimeSpan.FromSeconds(full * (1 - (0.2 * Random.Shared.NextDouble())));
    }
}
