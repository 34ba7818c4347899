using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Ends sessions: one unit of work each, audited in it, told after it.</summary>
public sealed class SessionEnder(
    IDbContextFactory<PortalDbContext> databases, SessionActivity activity, ISessionSignal signal, SessionMetrics metrics,
    IEnumerable<ISessionEndObserver> observers, TimeProvider clock)
{
    /// <summary>Ends one session of one user.</summary>
    /// <returns>False when the user has no such session or it had ended before.</returns>
    public async Task<bool> EndOneAsync(string userId, SessionId id, EndReason reason, Actor by, CancellationToken ct) =>
        await EndAsync(userId, reason, by, (_, sessions) => Which(sessions.Where(s => s.Id == id)), ct) > 0;

    /// <summary>Ends all of a user's sessions but one, and every sign-in under way.</summary>
    /// <param name="forgetDevices">Forgets the user's devices as well, all but that session's.</param>
    /// <returns>How many ended.</returns>
    public Task<int> EndOthersAsync(
        string userId, SessionId except, EndReason reason, Actor by, CancellationToken ct, bool forgetDevices = false) =>
        EndAsync(userId, reason, by, async (db, sessions) =>
        {
            (await db.UserAsync(userId, ct)).StartNewGeneration();
            if (forgetDevices && sessions.FirstOrDefault(s => s.Id == except) is { } kept)
            {
                await db.ForgetDevicesAsync(userId, d => d.Id != kept.DeviceId, by, clock.GetUtcNow(), ct);
            }

            return [.. sessions.Where(s => s.Id != except)];
        }, ct);

    /// <summary>Ends all of a user's sessions and every sign-in under way.</summary>
    /// <returns>How many ended.</returns>
    public Task<int> EndAllAsync(string userId, EndReason reason, Actor by, CancellationToken ct) =>
        EndAsync(userId, reason, by, async (db, sessions) =>
        {
            (await db.UserAsync(userId, ct)).StartNewGeneration();
            return sessions;
        }, ct);

    /// <summary>Takes the user's turn, asks which of the sessions that have not ended shall end, and ends them.</summary>
    internal Task<int> EndAsync(
        string userId, EndReason reason, Actor by,
        Func<PortalDbContext, IReadOnlyList<Session>, Task<IReadOnlyList<Session>>> which, CancellationToken ct, EndNote note = default) =>
        databases.PersistAsync(db => EndAsync(db, userId, reason, by, which, note, ct), ct);

    private async Task<int> EndAsync(
        PortalDbContext db, string userId, EndReason reason, Actor by,
        Func<PortalDbContext, IReadOnlyList<Session>, Task<IReadOnlyList<Session>>> which, EndNote note, CancellationToken ct)
    {
        await using var turn = await db.TakeTurnAsync(userId, ct);
        using var span = PortalTelemetry.StartSpan("end sessions");
        var sessions = await db.Sessions.Of(userId).NotEnded().ToListAsync(ct);
        sessions.ForEach(s => activity.Recall(s));
        var ended = await which(db, sessions);
        End(db, ended, reason, by, note);
        await ObserveAsync(db, userId, [.. ended.Where(s => s.EndReason == reason)], reason, by, ct);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        Tell(ended);
        return ended.Count;
    }

    private async Task ObserveAsync(
        PortalDbContext db, string userId, IReadOnlyList<Session> ended, EndReason reason, Actor by, CancellationToken ct)
    {
        foreach (var observer in ended.Count > 0 ? observers : [])
        {
            await observer.SessionsEndedAsync(db, userId, ended, reason, by, ct);
        }
    }

    /// <summary>Puts new lifetimes on a user's living sessions, inside the caller's turn; what time has ended stays ended.</summary>
    internal async Task ApplyAsync(PortalDbContext db, string userId, SessionRules rules, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var sessions = (await db.Sessions.Of(userId).NotEnded().ToListAsync(ct)).ToLookup(s => activity.Recall(s).IsActive(now));
        foreach (var session in sessions[true])
        {
            session.Apply(rules.LifetimeFor(session.Remembered));
        }

        // Another node may write down later that it has seen one of these: it must not live on by the old times.
        End(db, sessions[false], EndReason.IdleTimeout, Actor.Portal);
    }

    /// <summary>Ends rows and adds their audit events, inside the caller's turn; <see cref="Tell"/> after its commit.</summary>
    internal void End(PortalDbContext db, IEnumerable<Session> sessions, EndReason reason, Actor by, EndNote note = default)
    {
        var now = clock.GetUtcNow();
        foreach (var session in sessions)
        {
            // A session that time had ended before keeps that reason.
            var (why, who, told) = session.Expired(now) is { } expired ? (expired, Actor.Portal, default) : (reason, by, note);
            if (session.End(why, who, now, told))
            {
                var name = why is EndReason.IdleTimeout or EndReason.LifetimeReached ? AuditNames.SessionExpired : AuditNames.SessionEnded;
                db.AuditEvents.Add(AuditEvent.Of(name, who, now, subject: session.UserId, session: session.Id.Value, reason: why.ToString()));
            }
        }
    }

    internal void Tell(IReadOnlyCollection<Session> ended)
    {
        metrics.Ended(ended);
        signal.Publish([.. ended.Select(s => new SessionChange(s.UserId, s.Id, SessionChangeKind.Ended) { At = s.EndedAt })]);
    }

    private static Task<IReadOnlyList<Session>> Which(IEnumerable<Session> sessions) =>
        Task.FromResult<IReadOnlyList<Session>>([.. sessions]);
}
