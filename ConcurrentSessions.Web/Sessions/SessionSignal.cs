namespace ConcurrentSessions.Web.Sessions;

/// <summary>Something happened to a user's sessions. A hint that saves time: the table stays the truth.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="Session">Which; null when all of the user's pages should look again (roles, names).</param>
public readonly record struct SessionChange(string UserId, SessionId? Session, SessionChangeKind Kind)
{
    /// <summary>When it happened (UTC), for measuring only; null: not known.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>It was made on another node and came through the channel.</summary>
    public bool FromAnotherNode { get; init; }
}

public enum SessionChangeKind
{
    Started,
    Ended,

    /// <summary>The user's roles or state changed: who they are must be read again.</summary>
    UserChanged,

    /// <summary>A name or a lifetime changed.</summary>
    Updated,
}

/// <summary>Tells, after the commit, every node that sessions have changed.</summary>
public interface ISessionSignal
{
    void Publish(params IReadOnlyCollection<SessionChange> changes);

    /// <summary>Hears of one user's changes, or with null of everybody's, until disposed. Handlers must not block or throw.</summary>
    IDisposable Subscribe(string? userId, Action<SessionChange> heard);
}
