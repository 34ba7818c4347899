using Microsoft.EntityFrameworkCore.Storage;

namespace ConcurrentSessions.Web.Data;

/// <summary>One change per user at a time: whatever counts, ends or adds a user's sessions, or changes what they may have, takes the turn first.</summary>
public static class UserTurn
{
    /// <summary>
    /// Opens a transaction in which the caller is alone with this user until it commits or is disposed.
    /// On SQLite a transaction is BEGIN IMMEDIATE, hence the only writer of all.
    /// </summary>
    public static Task<IDbContextTransaction> TakeTurnAsync(this PortalDbContext db, string userId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        return db.Database.BeginTransactionAsync(ct);
    }
}
