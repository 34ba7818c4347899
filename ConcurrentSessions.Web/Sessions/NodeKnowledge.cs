namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// What this node knows about its own knowledge: of which users it has heard a change since when, and until when it has
/// heard of every change there was. Whatever is kept in memory is measured against it.
/// </summary>
public sealed class NodeKnowledge(TimeProvider clock)
{
    // Users share marks: a change of one makes the others be read again once, which is cheap and always right.
    private readonly long[] latest = new long[4096];
    private long changes;
    private long unsure;
    private long heardAt = clock.GetTimestamp();

    /// <summary>Take one before reading; what is then read may be trusted while <see cref="HasChangedSince"/> says no.</summary>
    public long Mark() => Volatile.Read(ref changes);

    /// <summary>How long ago this node last knew that it had heard everything.</summary>
    public TimeSpan Silence => clock.GetElapsedTime(Volatile.Read(ref heardAt));

    public bool HasChangedSince(long mark, string userId) =>
        Volatile.Read(ref latest[Place(userId)]) > mark || Volatile.Read(ref unsure) > mark;

    /// <summary>Something about this user, or with null about anybody, is no longer as it was.</summary>
    public void Heard(string? userId)
    {
        var number = Interlocked.Increment(ref changes);
        Raise(ref userId is null ? ref unsure : ref latest[Place(userId)], number);
    }

    /// <summary>Every change that was committed before <paramref name="timestamp"/> (of the clock) has been heard.</summary>
    public void HeardEverythingUntil(long timestamp) => Raise(ref heardAt, timestamp);

    private static int Place(string userId) => (int)((uint)string.GetHashCode(userId, StringComparison.Ordinal) % 4096);

    private static void Raise(ref long kept, long number)
    {
        var seen = Volatile.Read(ref kept);
        while (seen < number)
        {
            var before = Interlocked.CompareExchange(ref kept, number, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
