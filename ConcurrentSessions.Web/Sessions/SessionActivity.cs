using System.Collections.Concurrent;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// When each session was last used on this node, kept in memory and written in batches (<see cref="SessionActivityWriter"/>).
/// What a crash forgets, and what other nodes do not know yet, can only end a session early, never late.
/// </summary>
public sealed class SessionActivity
{
    private readonly ConcurrentDictionary<SessionId, LastSeen> noted = new();

    /// <summary>Where a session's activity is noted; keep it to note often.</summary>
    public LastSeen Of(SessionId session) => noted.TryGetValue(session, out var seen) ? seen : new(session);

    public void Note(SessionId session, DateTimeOffset now) => Note(Of(session), now);

    public void Note(LastSeen seen, DateTimeOffset now)
    {
        seen.Raise(now);
        if (seen.MustBeWritten())
        {
            noted.GetOrAdd(seen.Session, seen).Raise(now);
        }
    }

    /// <summary>A person used an open page: what <see cref="Note(LastSeen, DateTimeOffset)"/> notes, and that.</summary>
    public void NotePage(LastSeen seen, DateTimeOffset now)
    {
        seen.UsePage(now);
        Note(seen, now);
        noted.GetOrAdd(seen.Session, seen).UsePage(now);
    }

    /// <summary>Tells sessions read from the table what memory knows.</summary>
    public Session Recall(Session session)
    {
        if (noted.TryGetValue(session.Id, out var seen))
        {
            session.Touch(seen.At);
            session.UsePage(seen.PageUsedAt);
        }

        return session;
    }

    /// <summary>What was noted and is not written yet.</summary>
    internal IReadOnlyList<LastSeen> Unwritten()
    {
        foreach (var seen in noted.Values.Where(s => !s.MustStillBeWritten))
        {
            noted.TryRemove(new(seen.Session, seen));
            if (seen.MustStillBeWritten)
            {
                noted.TryAdd(seen.Session, seen);
            }
        }

        return [.. noted.Values];
    }

    /// <summary>
    /// The table says so now; what was noted meanwhile stays to be written. It is remembered for one more round: somebody may
    /// have read the row before it was written, and asks here after.
    /// </summary>
    internal void Written(LastSeen seen, DateTimeOffset at)
    {
        seen.IsWritten();
        if (seen.At > at)
        {
            Note(seen, seen.At);
        }
    }
}

/// <summary>When one session was last used on this node. Only ever moves on.</summary>
public sealed class LastSeen(SessionId session)
{
    private long ticks;
    private long pageTicks;
    private int unwritten;

    public SessionId Session => session;

    /// <summary>UTC.</summary>
    public DateTimeOffset At => new(Volatile.Read(ref ticks), TimeSpan.Zero);

    /// <summary>UTC; null when no open page was used on this node.</summary>
    public DateTimeOffset? PageUsedAt => Volatile.Read(ref pageTicks) is > 0 and var used ? new(used, TimeSpan.Zero) : null;

    /// <summary>Of two at once either will do: they are the same moment.</summary>
    public void UsePage(DateTimeOffset now) => Volatile.Write(ref pageTicks, now.UtcTicks);

    public void Raise(DateTimeOffset now)
    {
        var seen = Volatile.Read(ref ticks);
        while (seen < now.UtcTicks)
        {
            var before = Interlocked.CompareExchange(ref ticks, now.UtcTicks, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    /// <returns>True once after each writing: whoever is told so sees to it.</returns>
    internal bool MustBeWritten() => Volatile.Read(ref unwritten) == 0 && Interlocked.Exchange(ref unwritten, 1) == 0;

    internal bool MustStillBeWritten => Volatile.Read(ref unwritten) == 1;

    internal void IsWritten() => Volatile.Write(ref unwritten, 0);
}
