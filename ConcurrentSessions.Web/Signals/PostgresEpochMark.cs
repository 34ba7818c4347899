using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Signals;

/// <summary>
/// The server's own numbers: of the cluster and its timeline (another after a restore of files, a recovery to a point in time
/// or a failover), of the database and of the table (others after a dump was restored).
/// </summary>
internal sealed class PostgresEpochMark : IEpochMark
{
    public async Task<DatabaseIs> LookAsync(PortalDbContext db, CancellationToken ct)
    {
        var (stored, now) = (await db.Epochs.AsNoTracking().Select(e => e.Fingerprint).SingleOrDefaultAsync(ct), await NextAsync(db, ct));
        return stored is null ? DatabaseIs.New : stored == now ? DatabaseIs.TheSame : DatabaseIs.ACopy;
    }

    public Task<string> NextAsync(PortalDbContext db, CancellationToken ct) => db.Database.SqlQuery<string>($"""
        SELECT concat_ws('/', system_identifier, timeline_id, (SELECT oid FROM pg_database WHERE datname = current_database()), '"Sessions"'::regclass::oid) AS "Value"
        FROM pg_control_system(), pg_control_checkpoint()
        """).SingleAsync(ct);

    public Task KeepAsync(PortalDbContext db, CancellationToken ct) => Task.CompletedTask;
}
