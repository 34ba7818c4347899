namespace ConcurrentSessions.Web.Sessions;

/// <summary>Something happened to a user's sessions. A hint that saves time: the table stays the truth.</summary>
/// <param name="UserId">Whose; null when everybody must look again.</param>
/// <param name="Session">Which; null when all of the user's pages should look again (roles, names).</param>
public readonly record struct SessionChange(string? UserId, SessionId? Session, SessionChangeKind Kind)
{
    /// <summary>When it happened (UTC), for measuring only; null: not known.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Heard through the channel between nodes, not by a call within this one. A node hears its own changes both ways.</summary>
    public bool ThroughChannel { get; init; }
}

public enum SessionChangeKind
{
    Started,
    Ended,

    /// <summary>The user's roles or state changed: who they are must be read again.</summary>
    UserChanged,

    /// <summary>A name, a key or a lifetime changed.</summary>
    Updated,
}

/// <summary>
/// Tells this node's memory and open pages that sessions have changed: at once by whoever changed them here, and a
/// moment later, read from the database, by whoever changed them anywhere. Heard twice is as good as heard once.
/// </summary>
public interface ISessionSignal
{
    /// <summary>After the commit. When it returns, this node answers nothing from memory that the changes made untrue.</summary>
    void Publish(params IReadOnlyCollection<SessionChange> changes);

    /// <summary>Hears of one user's changes, or with null of everybody's, until disposed. Handlers must not block or throw.</summary>
    IDisposable Subscribe(string? userId, Action<SessionChange> heard);
}
