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
    /// <summary>At the start, and from then on with every reading of what has changed.</summary>
    public async Task CheckAsync(PortalDbContext db, CancellationToken ct)
    {
        if (await mark.LookAsync(db, ct) == DatabaseIs.TheSame)
        {
            return;
        }

        await using (var turn = await db.TakeTurnOfAsync("epoch", ct))
        {
            // Another node may have seen to it meanwhile.
            var found = await mark.LookAsync(db, ct);
            if (found != DatabaseIs.TheSame)
            {
                await BeginAsync(db, found, ct);
                await db.SaveChangesAsync(ct);
                await turn.CommitAsync();
            }
        }

        await mark.KeepAsync(db, ct);
        signal.Publish(new SessionChange(null, null, SessionChangeKind.UserChanged));
    }

    private async Task BeginAsync(PortalDbContext db, DatabaseIs found, CancellationToken ct)
    {
        var fingerprint = await mark.NextAsync(db, ct);
        if (found == DatabaseIs.New)
        {
            db.Epochs.Add(new Epoch { Number = 1, Fingerprint = fingerprint });
            return;
        }

        var epoch = await db.Epochs.SingleAsync(ct);
        epoch.Number++;
        epoch.Fingerprint = fingerprint;
        await EndEverythingAsync(db, epoch.Number, ct);
        logger.LogWarning("The database is a copy of the one that was left: all sessions are ended");
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

/// <summary>What the portal makes of the database it finds.</summary>
internal enum DatabaseIs
{
    TheSame,

    /// <summary>Nobody has looked at it before.</summary>
    New,

    /// <summary>Or the same with less in it than there was.</summary>
    ACopy,
}

/// <summary>What tells a database from its copies: something that does not travel with a backup.</summary>
internal interface IEpochMark
{
    Task<DatabaseIs> LookAsync(PortalDbContext db, CancellationToken ct);

    /// <summary>What the epoch that begins now will be recognised by.</summary>
    Task<string> NextAsync(PortalDbContext db, CancellationToken ct);

    /// <summary>Keeps the mark where it is kept outside the database.</summary>
    Task KeepAsync(PortalDbContext db, CancellationToken ct);
}
