using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace ConcurrentSessions.Web.Data;

/// <summary>PostgreSQL 13 or newer, for several nodes. Points in time are <c>timestamptz</c>, kept to the microsecond.</summary>
public sealed class PostgresPortalDbContext(DbContextOptions<PostgresPortalDbContext> options) : PortalDbContext(options)
{
    // Also says the transaction's number: one round trip for both.
    internal override async Task<TransactionMark> LockAsync(string what, CancellationToken ct)
    {
        var command = new NpgsqlCommand(
            "SELECT pg_current_xact_id()::text FROM pg_advisory_xact_lock(hashtextextended($1, 0))",
            (NpgsqlConnection)Database.GetDbConnection(),
            (NpgsqlTransaction)Database.CurrentTransaction!.GetDbTransaction());
        await using (command)
        {
            command.Parameters.AddWithValue(what);
            return new(ulong.Parse((string)(await command.ExecuteScalarAsync(ct))!, CultureInfo.InvariantCulture));
        }
    }

    internal override async Task AloneAsync(string what, Func<Task> work, CancellationToken ct)
    {
        await using var turn = await this.TakeTurnOfAsync(what, ct);
        await work();
    }

    internal override async Task<bool> WasCommittedAsync(TransactionMark mark, CancellationToken ct)
    {
        var id = mark.Id.ToString(CultureInfo.InvariantCulture);
        var status = await Database.SqlQuery<string?>($"SELECT pg_xact_status({id}::xid8) AS \"Value\"").SingleAsync(ct);
        return status switch
        {
            "committed" => true,
            "aborted" => false,
            _ => throw new NpgsqlException("Whether the change was made is not known yet."),
        };
    }

    internal override bool MayPass(Exception failure) => failure switch
    {
        NpgsqlException { IsTransient: true } => true,
        { InnerException: { } inner } => MayPass(inner),
        _ => false,
    };
}
