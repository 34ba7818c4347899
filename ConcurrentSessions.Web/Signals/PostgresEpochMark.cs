using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Signals;

/// <summary>
/// The server's own numbers: of the cluster and its timeline (another after a restore of files, a recovery to a point in time
/// or a failover), of the database and of the table (others after a dump was restored).
/// </summary>
internal sealed class PostgresEpochMark : IEpochMark
{
    public async Task<EpochFound> ReadAsync(PortalDbContext db, CancellationToken ct) => new(
        await db.Database.SqlQuery<string>($"""
            SELECT concat_ws('/', system_identifier, timeline_id, (SELECT oid FROM pg_database WHERE datname = current_database()), '"Sessions"'::regclass::oid) AS "Value"
            FROM pg_control_system(), pg_control_checkpoint()
            """).SingleAsync(ct),
        IsOlder: false);

    public string Next(EpochFound found) => found.Fingerprint;

    public Task WriteAsync(PortalDbContext db, CancellationToken ct) => Task.CompletedTask;
}
