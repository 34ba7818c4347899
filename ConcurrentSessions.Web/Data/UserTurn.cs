using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ConcurrentSessions.Web.Data;

/// <summary>One change per user at a time, on all nodes: whatever counts, ends or adds a user's sessions, or changes what they may have, takes the turn first.</summary>
public static class UserTurn
{
    // How long a change waits for a database that restarts: together a little over three seconds.
    private static readonly TimeSpan[] Pauses = [.. new[] { 50, 200, 800, 2000 }.Select(ms => TimeSpan.FromMilliseconds(ms))];

    /// <summary>
    /// Opens a transaction in which the caller is alone with this user until it commits or is disposed. On PostgreSQL by
    /// an advisory lock; on SQLite a transaction is BEGIN IMMEDIATE, hence the only writer of all.
    /// </summary>
    public static Task<Turn> TakeTurnAsync(this PortalDbContext db, string userId, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(userId);
        return Turn.TakeAsync(db, "user " + userId, ct);
    }

    /// <summary>The same for something that is not a user: one of <see cref="Locks"/>.</summary>
    public static Task<Turn> TakeTurnOfAsync(this PortalDbContext db, string what, CancellationToken ct) => Turn.TakeAsync(db, what, ct);

    /// <summary>
    /// Does a unit of work that takes one turn and commits it, and does it again when the connection was lost before the
    /// commit. A commit that was not answered is looked up: nothing that was committed is ever repeated.
    /// </summary>
    /// <param name="work">May run several times, each on a fresh context; must touch nothing but that.</param>
    public static async Task<T> PersistAsync<T>(
        this IDbContextFactory<PortalDbContext> databases, Func<PortalDbContext, Task<T>> work, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            try
            {
                return await work(db);
            }
            catch (Exception failure) when (attempt < Pauses.Length && db.MayPass(failure) && failure is not CommitUnknownException)
            {
                await Task.Delay(Pauses[attempt], TimeProvider.System, ct);
            }
        }
    }
}

/// <summary>Names of what only one can change at a time besides a user.</summary>
public static class Locks
{
    /// <summary>Who administers: so that two administrators cannot demote each other at once.</summary>
    public const string Administrators = "administrators";

    /// <summary>Schema, roles and first accounts: nodes that start together do it one after the other.</summary>
    public const string Start = "start";
}

/// <summary>A transaction with a lock held from its start to its end. Disposed without a commit, nothing has happened.</summary>
public sealed class Turn : IAsyncDisposable
{
    private readonly PortalDbContext db;
    private readonly IDbContextTransaction transaction;
    private TransactionMark mark;

    private Turn(PortalDbContext db, IDbContextTransaction transaction) => (this.db, this.transaction) = (db, transaction);

    internal static async Task<Turn> TakeAsync(PortalDbContext db, string what, CancellationToken ct)
    {
        var turn = new Turn(db, await db.Database.BeginTransactionAsync(ct));
        try
        {
            turn.mark = await db.LockAsync(what, ct);
            return turn;
        }
        catch
        {
            await turn.DisposeAsync();
            throw;
        }
    }

    /// <summary>Not cancelled: who has asked for a commit wants to know what became of it.</summary>
    /// <exception cref="CommitUnknownException">The connection was lost, and whether the change was made cannot be found out now.</exception>
    public async Task CommitAsync()
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (Exception failure) when (db.MayPass(failure))
        {
            if (!await WasCommittedAsync(failure))
            {
                throw;
            }
        }
    }

    public ValueTask DisposeAsync() => transaction.DisposeAsync();

    private async Task<bool> WasCommittedAsync(Exception failure)
    {
        try
        {
            await transaction.DisposeAsync();
            return await db.WasCommittedAsync(mark, CancellationToken.None);
        }
        catch (DbException)
        {
            throw new CommitUnknownException(failure);
        }
    }
}

/// <summary>The database was lost while it committed: the change may have been made or not. It must not be repeated blindly.</summary>
public sealed class CommitUnknownException(Exception inner)
    : DbUpdateException("The database was lost while it committed; look whether the change was made before repeating it.", inner);
