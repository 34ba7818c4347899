using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ConcurrentSessions.Web.Data;

/// <summary>
/// Lets a writer wait for its turn inside SQLite (5 s) instead of the provider's own 150 ms polling.
/// Synchronous stays FULL: a revocation that was answered must survive a power cut. And lends SQLite the ledger's hash.
/// </summary>
internal sealed class SqlitePragmas : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = Prepare(connection);
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = Prepare(connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DbCommand Prepare(DbConnection connection)
    {
        ((SqliteConnection)connection).CreateFunction<byte[]?, long, byte[]?, byte[]>(ChainStep.Name, ChainStep.Hash, isDeterministic: true);
        var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout=5000";
        return command;
    }
}
