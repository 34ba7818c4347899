namespace ConcurrentSessions.Web.SignIn.Guessing;

/// <summary>How long a counter makes the next attempt wait. With 5 free and 30 s doubling to 15 min, nine attempts fit into 15 minutes.</summary>
/// <param name="Free">So many attempts need not wait for each other.</param>
/// <param name="FirstWait">After the last free attempt; each later one doubles it.</param>
/// <param name="ForgetsAfterWait">Begins anew when a wait is over.</param>
public sealed record GuessingRule(int Free, TimeSpan FirstWait, TimeSpan LongestWait, bool ForgetsAfterWait = false)
{
    /// <summary>So long after a wait is over, without an attempt, a counter begins anew.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private const int MostDoublings = 20;

    /// <param name="attempts">Counted so far, those under way included.</param>
    public TimeSpan WaitAfter(int attempts)
    {
        if (attempts < Free)
        {
            return TimeSpan.Zero;
        }

        var wait = FirstWait * Math.Pow(2, Math.Min(attempts - Free, MostDoublings));
        return wait < LongestWait ? wait : LongestWait;
    }

    public TimeSpan MemoryAfter(int attempts) => ForgetsAfterWait && attempts >= Free ? TimeSpan.Zero : Memory;
}
