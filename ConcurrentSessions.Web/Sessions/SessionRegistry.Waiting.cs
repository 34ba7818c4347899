using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <content>Sign-ins that wait for a seat: until the person has chosen whose, or until whoever makes room has saved their work.</content>
public sealed partial class SessionRegistry
{
    /// <summary>The sign-in that waits under this key; null when there is none, it is too old or it was used.</summary>
    public async Task<PendingSignIn?> FindPendingAsync(SessionKey key, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var (hash, now) = (key.Hash(), clock.GetUtcNow());
        return await db.PendingSignIns.AsNoTracking().SingleOrDefaultAsync(p => p.KeyHash == hash && p.ExpiresAt > now, ct);
    }

    /// <summary>Gives up a sign-in that waits for a seat.</summary>
    public async Task LeavePendingAsync(SessionKey key, CancellationToken ct)
    {
        if (await FindPendingAsync(key, ct) is not { } pending)
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnAsync(pending.UserId, ct);
        await db.PendingSignIns.Where(p => p.KeyHash == pending.KeyHash).ExecuteDeleteAsync(ct);
        var told = await db.Sessions.Of(pending.UserId).NotEnded().Where(s => s.LeavesAt != null).ToListAsync(ct);
        var stay = await EvictionNotice.WithdrawAsync(db, pending.UserId, told, clock.GetUtcNow(), ct);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        TellChanged(stay);
    }

    private async Task<SignInOutcome> NoSeatAsync(
        PortalDbContext db, Turn turn, SeatDecision decision,
        SignInRequest request, PendingSignIn? pending, PortalUser user, CancellationToken ct)
    {
        if (decision is not SeatDecision.MustChoose choice)
        {
            return await TurnAwayAsync(db, turn, new SignInOutcome.Refused(), request, "refused: the limit is reached", ct);
        }

        var key = SessionKey.New();
        db.PendingSignIns.Add(PendingSignIn.From(request, key, user.SecurityStamp!, clock.GetUtcNow()));
        return await TurnAwayAsync(
            db, turn, new SignInOutcome.Full(key, choice.MustEnd), request,
            pending is null ? "asked which session to end" : "asked again which session to end", ct);
    }

    // Nobody ends and nobody comes: the seats are counted again when it goes on.
    private async Task<SignInOutcome> WaitAsync(
        PortalDbContext db, Turn turn, IEnumerable<Session> leaving, DateTimeOffset until, SignInRequest request, PortalUser user, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var told = leaving.Where(s => s.LeavesAt is null && s.IsPageInUse(now)).ToList();
        told.ForEach(s => s.LeavesAt = until);
        var key = SessionKey.New();
        db.PendingSignIns.Add(PendingSignIn.From(request, key, user.SecurityStamp!, now, until));
        var outcome = await TurnAwayAsync(db, turn, new SignInOutcome.Waits(key, until), request, "waits until work is saved", ct);
        TellChanged(told);
        return outcome;
    }

    private void TellChanged(IEnumerable<Session> sessions) =>
        signal.Publish([.. sessions.Select(s => new SessionChange(s.UserId, s.Id, SessionChangeKind.Updated))]);
}
