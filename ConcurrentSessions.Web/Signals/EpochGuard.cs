using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Signals;

/// <summary>
/// Notices that the database is not the one that was left but an older copy of it, in which sessions live that were ended
/// since. Then a new epoch begins: all sessions end, and all mailed links and sign-ins under way come to nothing.
/// </summary>
internal sealed class EpochGuard(IEpochMark mark, SessionEnder ender, ISessionSignal signal, TimeProvider clock, ILogger<EpochGuard> logger)
{
    private string? known;

    /// <summary>At the start, and from then on with every reading of what has changed.</summary>
    public async Task CheckAsync(PortalDbContext db, CancellationToken ct)
    {
        var found = await mark.ReadAsync(db, ct);
        if (found.Fingerprint == known && !found.IsOlder)
        {
            return;
        }

        await using (var turn = await db.TakeTurnOfAsync("epoch", ct))
        {
            if (await BeginAsync(db, found, ct) is { } restored)
            {
                await db.SaveChangesAsync(ct);
                await turn.CommitAsync();
                if (restored)
                {
                    signal.Publish(new SessionChange(null, null, SessionChangeKind.UserChanged));
                    logger.LogWarning("The database is a restored copy: all sessions were ended");
                }
            }
        }

        await mark.WriteAsync(db, ct);
        known = (await mark.ReadAsync(db, ct)).Fingerprint;
    }

    /// <returns>Null when another node has seen to it; whether sessions had to end.</returns>
    private async Task<bool?> BeginAsync(PortalDbContext db, EpochFound found, CancellationToken ct)
    {
        var epoch = await db.Epochs.SingleOrDefaultAsync(ct);
        if (epoch is null)
        {
            db.Epochs.Add(new Epoch { Number = 1, Fingerprint = mark.Next(found) });
            return false;
        }

        if (epoch.Fingerprint == found.Fingerprint && !found.IsOlder)
        {
            return null;
        }

        epoch.Number++;
        epoch.Fingerprint = mark.Next(found);
        await EndEverythingAsync(db, epoch.Number, ct);
        return true;
    }

    private async Task EndEverythingAsync(PortalDbContext db, int number, CancellationToken ct)
    {
        var sessions = await db.Sessions.NotEnded().ToListAsync(ct);
        ender.End(db, sessions, EndReason.DatabaseRestored, Actor.Portal);
        await db.PendingSignIns.ExecuteDeleteAsync(ct);

        // Whoever proved something before the copy was made may have lost the right to since.
        var stamp = Guid.NewGuid().ToString();
        await db.Users.ExecuteUpdateAsync(set => set
            .SetProperty(u => u.SecurityStamp, stamp)
            .SetProperty(u => u.Generation, u => u.Generation + 1)
            .SetProperty(u => u.ConcurrencyStamp, stamp), ct);
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.DatabaseRestored, Actor.Portal, clock.GetUtcNow(),
            reason: $"epoch {number}: {sessions.Count} sessions ended"));
    }
}

/// <param name="Fingerprint">What this database is recognised by now; differs from the one in its epoch when it is a copy.</param>
/// <param name="IsOlder">It is the same, but lacks what was in it before.</param>
internal readonly record struct EpochFound(string Fingerprint, bool IsOlder);

/// <summary>What tells a database from its copies: something that does not travel with a backup.</summary>
internal interface IEpochMark
{
    Task<EpochFound> ReadAsync(PortalDbContext db, CancellationToken ct);

    /// <summary>What a new epoch of the database that was found is recognised by.</summary>
    string Next(EpochFound found);

    /// <summary>Keeps what was read, where it has to be kept outside the database.</summary>
    Task WriteAsync(PortalDbContext db, CancellationToken ct);
}
