namespace ConcurrentSessions.Web.Sessions;

/// <summary>How many sessions a user may have at once, and what happens when all seats are taken (ASVS 7.1.2, NIST AC-10).</summary>
public sealed record SessionLimit
{
    /// <summary>The largest limit that can be set; more is "unlimited".</summary>
    public const int Most = 1000;

    private SessionLimit(int? seats, WhenFull whenFull) => (Seats, WhenFull) = (seats, whenFull);

    /// <summary>1 to <see cref="Most"/>; null means unlimited.</summary>
    public int? Seats { get; }

    public WhenFull WhenFull { get; }

    /// <exception cref="ArgumentOutOfRangeException">Seats is below 1 or above <see cref="Most"/>.</exception>
    public static SessionLimit Of(int seats, WhenFull whenFull)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seats, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seats, Most);
        return new(seats, whenFull);
    }

    public static SessionLimit Unlimited(WhenFull whenFull) => new(null, whenFull);

    public static SessionLimit Of(int? seats, WhenFull whenFull) =>
        seats is { } number ? Of(number, whenFull) : Unlimited(whenFull);

    /// <summary>Decides on a newcomer, given the sessions that are active now.</summary>
    public SeatDecision SeatFor(IReadOnlyCollection<Session> active)
    {
        var over = Over(active.Count + 1);
        return over == 0 ? SeatDecision.Free
            : WhenFull switch
            {
                WhenFull.EvictLeastRecent => SeatDecision.AfterEvicting(LeastRecent(active, over)),
                WhenFull.Refuse => SeatDecision.Refused,
                _ => SeatDecision.Ask(over),
            };
    }

    /// <summary>Those who must go for the others to fit: the least recently used, and the kept one last.</summary>
    public IReadOnlyList<Session> Excess(IReadOnlyCollection<Session> active) => LeastRecent(active, Over(active.Count));

    private int Over(int count) => Seats is { } seats ? Math.Max(0, count - seats) : 0;

    // What its owner keeps goes last, but it goes: a limit is a limit. Who was told to leave goes
    // before those who were not. The id breaks ties: version 7 ids grow with time, so the
    // older session goes first.
    private static List<Session> LeastRecent(IEnumerable<Session> active, int count) =>
        [.. active.OrderBy(s => s.IsKept).ThenBy(s => s.LeavesAt is null).ThenBy(s => s.LastSeenAt).ThenBy(s => s.Id.Value).Take(count)];
}

/// <summary>What happens to a sign-in when every seat is taken.</summary>
public enum WhenFull
{
    /// <summary>After full authentication the person chooses which session to end, or leaves.</summary>
    Ask,

    /// <summary>The least recently used session ends.</summary>
    EvictLeastRecent,

    /// <summary>The newcomer is turned away.</summary>
    Refuse,
}

/// <summary>The answer of a <see cref="SessionLimit"/> to a newcomer.</summary>
public abstract record SeatDecision
{
    private SeatDecision()
    {
    }

    public static SeatDecision Free { get; } = new Seated([]);

    public static SeatDecision Refused { get; } = new TurnedAway();

    public static SeatDecision AfterEvicting(IReadOnlyList<Session> evicted) => new Seated(evicted);

    public static SeatDecision Ask(int mustEnd) => new MustChoose(mustEnd);

    /// <summary>There is a seat, once these have ended.</summary>
    public sealed record Seated(IReadOnlyList<Session> Evicted) : SeatDecision;

    /// <summary>There is a seat once the person has ended this many.</summary>
    public sealed record MustChoose(int MustEnd) : SeatDecision;

    public sealed record TurnedAway : SeatDecision;
}
