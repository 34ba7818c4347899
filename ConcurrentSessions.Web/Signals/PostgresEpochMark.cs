using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Signals;

/// <summary>
/// The server's own numbers: of the cluster and its timeline (another after a restore of files, a recovery to a point in time
/// or a failover), of the database and of the table (others after a dump was restored). Files put back one for one have them
/// all: that is noticed only by a node that runs, whose audit trail was longer.
/// </summary>
internal sealed class PostgresEpochMark : IEpochMark
{
    private (int Epoch, long Trail) longest;

    public async Task<DatabaseIs> LookAsync(PortalDbContext db, CancellationToken ct)
    {
        if (await db.Epochs.AsNoTracking().SingleOrDefaultAsync(ct) is not { } epoch)
        {
            return DatabaseIs.New;
        }

        // Another node may have begun a new epoch: the trail counts from there.
        var trail = await db.TrailAsync(ct);
        var isShorter = epoch.Number == longest.Epoch && trail < longest.Trail;
        longest = isShorter ? longest : (epoch.Number, trail);
        return isShorter || epoch.Fingerprint != await NextAsync(db, ct) ? DatabaseIs.ACopy : DatabaseIs.TheSame;
    }

    public Task<string> NextAsync(PortalDbContext db, CancellationToken ct) => db.Database.SqlQuery<string>($"""
        SELECT concat_ws('/', system_identifier, timeline_id, (SELECT oid FROM pg_database WHERE datname = current_database()), '"Sessions"'::regclass::oid) AS "Value"
        FROM pg_control_system(), pg_control_checkpoint()
        """).SingleAsync(ct);

    public Task KeepAsync(PortalDbContext db, CancellationToken ct) => Task.CompletedTask;
}
