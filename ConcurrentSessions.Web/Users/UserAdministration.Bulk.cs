using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Users;

public sealed partial class UserAdministration
{
    // So often it is looked at again whether the administrator still is one.
    private const int UsersBetweenLooks = 50;

    /// <summary>What ending the active sessions of a filter would end now. The session it is asked from is never among them.</summary>
    public async Task<BulkEffect> PreviewEndingAsync(SessionFilter filter, Actor by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var found = Endable(db, filter, by).Where(s => s.IdleExpiresAt > clock.GetUtcNow());
        return new(await found.CountAsync(ct), await found.Select(s => s.UserId).Distinct().CountAsync(ct));
    }

    /// <summary>
    /// Ends the active sessions of a filter, one user's turn after the other, and tells their users why. Which of a user's
    /// sessions those are is read in the turn. Cancelled, it stops between two users; what has ended stays ended.
    /// </summary>
    /// <param name="done">Hears how much has been done so far.</param>
    public async Task<(AdministrationResult Result, int Ended)> EndMatchingAsync(
        SessionFilter filter, EndNote note, Action<BulkEffect> done, Actor by, CancellationToken ct)
    {
        if (await RefusalAsync(null, by, ct) is { } refusal)
        {
            return (refusal, 0);
        }

        var (effect, outcome) = (new BulkEffect(0, 0), AuditOutcome.Failed);
        try
        {
            var result = await EndMatchingAsync(filter, note, by, e => done(effect = e), ct);
            outcome = result.Problem is null ? AuditOutcome.Succeeded : AuditOutcome.Refused;
            return (result, effect.Sessions);
        }
        finally
        {
            // Also what broke off has ended sessions, and somebody asked for it.
            await NoteEndingAsync(filter, note, effect, by, outcome);
        }
    }

    private async Task<AdministrationResult> EndMatchingAsync(
        SessionFilter filter, EndNote note, Actor by, Action<BulkEffect> done, CancellationToken ct)
    {
        var (effect, looked) = (new BulkEffect(0, 0), 0);
        foreach (var user in await OwnersAsync(filter, by, ct))
        {
            if (ct.IsCancellationRequested)
            {
                return AdministrationResult.Stopped;
            }

            if (++looked % UsersBetweenLooks == 0 && !await StillAdministersAsync(by))
            {
                return AdministrationResult.NotAllowed;
            }

            var ended = await ender.EndAsync(
                user, EndReason.RevokedByAdministrator, by, (db, sessions) => WhichAsync(db, filter, user, sessions, by), CancellationToken.None, note);
            effect = new(effect.Sessions + ended, effect.Users + (ended > 0 ? 1 : 0));
            done(effect);
        }

        return AdministrationResult.Done;
    }

    private async Task<List<string>> OwnersAsync(SessionFilter filter, Actor by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await Endable(db, filter, by).Select(s => s.UserId).Distinct().ToListAsync(ct);
    }

    private async Task<bool> StillAdministersAsync(Actor by)
    {
        await using var db = await databases.CreateDbContextAsync();
        return by.Kind == ActorKind.Operator || await db.ActiveAdministrators().AnyAsync(u => u.Id == by.UserId);
    }

    // Memory may know of a use that is not written yet: who has just come back is not idle.
    private async Task<IReadOnlyList<Session>> WhichAsync(
        PortalDbContext db, SessionFilter filter, string user, IReadOnlyList<Session> sessions, Actor by)
    {
        var found = (await Endable(db, filter, by).Where(s => s.UserId == user).Select(s => s.Id).ToListAsync()).ToHashSet();
        var now = clock.GetUtcNow();
        return [.. sessions.Where(s => found.Contains(s.Id) && (filter.Idle is not { } idle || s.LastSeenAt <= now - idle))];
    }

    // Also what seems to be over by time: a use of it may not be written yet. Ending keeps that reason where it is true.
    private IQueryable<Session> Endable(PortalDbContext db, SessionFilter filter, Actor by)
    {
        if (filter.Ended)
        {
            throw new ArgumentException("What has ended cannot be ended.", nameof(filter));
        }

        var own = by.SessionId is { } id ? new SessionId(id) : default;
        return filter.Narrow(db, clock.GetUtcNow(), db.Sessions.AsNoTracking().NotEnded()).Where(s => s.Id != own);
    }

    private async Task NoteEndingAsync(SessionFilter filter, EndNote note, BulkEffect effect, Actor by, AuditOutcome outcome)
    {
        await using var db = await databases.CreateDbContextAsync();
        var told = note.Text is { } text ? $", told “{text}”" : "";
        db.AuditEvents.Add(AuditEvent.Of(
            ExplorerEvents.EndedByFilter, by, clock.GetUtcNow(), outcome,
            reason: ExplorerEvents.Cut($"{effect.Sessions} sessions of {effect.Users} users{told}: {filter}")));
        await db.SaveChangesAsync();
    }
}

/// <param name="Sessions">How many end.</param>
/// <param name="Users">Whose they are.</param>
public readonly record struct BulkEffect(int Sessions, int Users);
