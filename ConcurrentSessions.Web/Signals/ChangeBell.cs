using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Web.Signals;

/// <summary>Something was committed that changes who is signed in.</summary>
internal sealed class ChangeBell : CommitBell
{
    /// <summary>Whether rings arrive here: always on SQLite; on PostgreSQL while the node's connection for them stands.</summary>
    public bool Works { get; set; } = true;
}
