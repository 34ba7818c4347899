using System.Collections.Concurrent;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// When each session was last used, kept in memory and written at most once a minute. What a crash forgets can only
/// end a session early, never late.
/// </summary>
public sealed class SessionActivity(IDbContextFactory<PortalDbContext> databases)
{
    public static readonly TimeSpan WriteInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<SessionId, DateTimeOffset> seen = new();

    public void Note(SessionId session, DateTimeOffset now) =>
        seen.AddOrUpdate(session, now, (_, before) => now > before ? now : before);

    /// <summary>Tells sessions read from the table what memory knows.</summary>
    public Session Recall(Session session)
    {
        if (seen.TryGetValue(session.Id, out var last))
        {
            session.Touch(last);
        }

        return session;
    }

    /// <summary>Writes what was noted since the last time; ended sessions stay as they ended.</summary>
    public async Task WriteAsync(CancellationToken ct)
    {
        foreach (var batch in seen.ToArray().Chunk(200))
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            await using var turn = await db.Database.BeginTransactionAsync(ct);
            var ids = batch.Select(e => e.Key).ToArray();
            var sessions = await db.Sessions.NotEnded().Where(s => ids.Contains(s.Id)).ToListAsync(ct);
            sessions.ForEach(s => Recall(s));
            await db.SaveChangesAsync(ct);
            await turn.CommitAsync(ct);

            foreach (var entry in batch)
            {
                seen.TryRemove(entry);
            }
        }
    }
}
