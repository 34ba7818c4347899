using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Opens sessions: the one place where a seat is counted and taken, in the user's turn.</summary>
public sealed partial class SessionRegistry(
    IDbContextFactory<PortalDbContext> databases,
    RoleLimits limits,
    SessionEnder ender,
    SessionActivity activity,
    ISessionSignal signal,
    SessionMetrics metrics,
    SignInRisk risk,
    IEnumerable<ISignInObserver> observers,
    TimeProvider clock)
{
    /// <summary>Opens a session for a person who has proved who they are, if there is a seat.</summary>
    public Task<SignInOutcome> OpenAsync(SignInRequest request, CancellationToken ct) => OpenAsync(request, pending: null, ct);

    /// <summary>Goes on with a sign-in that waited for a seat. The waiting ends with it, once, whoever asks twice.</summary>
    public async Task<SignInOutcome> ResumeAsync(
        SessionKey pendingKey, ClientDescription client, SessionKey? deviceKey, SessionKey? currentKey,
        IReadOnlyCollection<SessionId> endFirst, CancellationToken ct)
    {
        if (await FindPendingAsync(pendingKey, ct) is not { } pending)
        {
            return new SignInOutcome.Overtaken();
        }

        var request = new SignInRequest(
            pending.UserId, pending.Generation, pending.Method, client, pending.Remember, deviceKey, currentKey, endFirst) { ProvedAt = pending.ProvedAt };
        return await OpenAsync(request, pending, ct);
    }

    /// <summary>A factor was proved again: the session goes on under a new key, the old one opens nothing (ASVS 7.2.4).</summary>
    /// <returns>Null when the session has ended meanwhile.</returns>
    public async Task<(Session Session, SessionKey Key)?> RenewAsync(string userId, SessionId id, Actor by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnAsync(userId, ct);
        var now = clock.GetUtcNow();
        if (await db.Sessions.Of(userId).NotEnded().SingleOrDefaultAsync(s => s.Id == id, ct) is not { } session
            || !activity.Recall(session).IsActive(now))
        {
            return null;
        }

        var key = SessionKey.New();
        session.Renew(key, now);
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.Reauthenticated, by, now, subject: userId, session: id.Value));
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        signal.Publish(new SessionChange(userId, id, SessionChangeKind.Updated));
        return (session, key);
    }

    /// <summary>A browser that signs in leaves the session it had, also when that was another user's.</summary>
    public async Task LeaveAsync(SessionKey? left, Session opened, CancellationToken ct)
    {
        if (left is null)
        {
            return;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        var hash = left.Hash();
        var other = await db.Sessions.AsNoTracking().NotEnded()
            .SingleOrDefaultAsync(s => s.KeyHash == hash && s.UserId != opened.UserId, ct);
        if (other is not null)
        {
            await ender.EndOneAsync(other.UserId, other.Id, EndReason.Replaced, Actor.Visitor(opened.IpAddress, opened.UserAgent), ct);
        }
    }

    private Task<SignInOutcome> OpenAsync(SignInRequest request, PendingSignIn? pending, CancellationToken ct) =>
        databases.PersistAsync(db => OpenAsync(db, request, pending, ct), ct);

    private async Task<SignInOutcome> OpenAsync(PortalDbContext db, SignInRequest request, PendingSignIn? pending, CancellationToken ct)
    {
        await using var turn = await db.TakeTurnAsync(request.UserId, ct);
        var now = clock.GetUtcNow();
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == request.UserId, ct);
        if (user is null || await IsOvertakenAsync(db, user, request, pending, now, ct))
        {
            return await TurnAwayAsync(db, turn, new SignInOutcome.Overtaken(), request, "overtaken", ct);
        }

        var rules = (await limits.EffectiveAsync(db, user.Id, ct)).Rules;
        var deviceKey = request.DeviceKey ?? SessionKey.New();
        var device = await FindDeviceAsync(db, user.Id, deviceKey, ct);
        var active = await ActiveAsync(db, user.Id, now, ct);
        var replaced = active.Where(s => s.DeviceId == device?.Id || IsCurrent(s, request)).ToList();
        var chosen = active.Except(replaced).Where(s => request.EndFirst.Contains(s.Id)).ToList();
        var decision = rules.Limit.SeatFor([.. active.Except(replaced).Except(chosen)]);
        if (decision is not SeatDecision.Seated seated)
        {
            return await NoSeatAsync(db, turn, decision, request, pending, user, ct);
        }

        if (EvictionNotice.Until(rules.EvictionNotice, seated.Evicted, pending?.ReadyAt, now) is { } until)
        {
            return await WaitAsync(db, turn, seated.Evicted, until, request, user, ct);
        }

        var session = Add(db, user, device, deviceKey, rules, request, now, out var key);
        session.Keep(await risk.DecideAsync(db, user, request.Client, newDevice: device is null, rules, ct));
        var by = Actor.Person(user.Id, session.Id.Value, request.Client.IpAddress, request.Client.UserAgent);
        session.IsKept = replaced.Exists(s => s.IsKept && s.DeviceId == session.DeviceId);
        ender.End(db, replaced, EndReason.Replaced, by);
        ender.End(db, chosen, EndReason.ChosenToMakeRoom, by);
        ender.End(db, seated.Evicted, EndReason.Evicted, by);
        var stay = await EvictionNotice.WithdrawAsync(db, user.Id, active.Where(s => s.EndedAt is null), now, ct);
        await ObserveAsync(db, user, session, newDevice: device is null, ct);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        ender.Tell([.. replaced, .. chosen, .. seated.Evicted]);
        TellChanged(stay);
        signal.Publish(new SessionChange(user.Id, session.Id, SessionChangeKind.Started));
        var started = new SignInOutcome.Started(session, key, deviceKey);
        metrics.SignIn(request.Method, started, seated.Evicted.Count);
        return started;
    }

    // Deleting the waiting sign-in claims it: of two that resume it at once, one finds nothing to delete.
    private static async Task<bool> IsOvertakenAsync(
        PortalDbContext db, PortalUser user, SignInRequest request, PendingSignIn? pending, DateTimeOffset now, CancellationToken ct) =>
        user.IsDisabled
        || user.LockoutEnd > now
        || user.Generation != request.Generation
        || (pending is not null
            && (pending.SecurityStamp != user.SecurityStamp
                || await db.PendingSignIns.Where(p => p.KeyHash == pending.KeyHash).ExecuteDeleteAsync(ct) == 0));

    private async Task<SignInOutcome> TurnAwayAsync(
        PortalDbContext db, Turn turn,
        SignInOutcome outcome, SignInRequest request, string reason, CancellationToken ct)
    {
        var name = outcome is SignInOutcome.Overtaken ? AuditNames.SignInFailed : AuditNames.SessionLimitReached;
        db.AuditEvents.Add(AuditEvent.Of(name, Actor.Visitor(request.Client.IpAddress, request.Client.UserAgent), clock.GetUtcNow(),
            AuditOutcome.Refused, request.UserId, reason: reason));
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        metrics.SignIn(request.Method, outcome);
        return outcome;
    }

    private async Task<List<Session>> ActiveAsync(PortalDbContext db, string userId, DateTimeOffset now, CancellationToken ct)
    {
        var sessions = (await db.Sessions.Of(userId).NotEnded().ToListAsync(ct)).ToLookup(s => activity.Recall(s).IsActive(now));

        // Another node may have seen one of these a moment ago and write that down later: whose seat is given away has ended.
        ender.End(db, [.. sessions[false]], EndReason.IdleTimeout, Actor.Portal);
        EvictionNotice.ForgetOld(sessions[true], now);
        return [.. sessions[true]];
    }

    private static bool IsCurrent(Session session, SignInRequest request) =>
        request.CurrentKey is { } current && session.KeyHash.AsSpan().SequenceEqual(current.Hash());

    private static async Task<Device?> FindDeviceAsync(PortalDbContext db, string userId, SessionKey key, CancellationToken ct)
    {
        var hash = key.HashFor(userId);
        return await db.Devices.SingleOrDefaultAsync(d => d.UserId == userId && d.KeyHash == hash, ct);
    }

    private static Session Add(
        PortalDbContext db, PortalUser user, Device? device, SessionKey deviceKey, SessionRules rules,
        SignInRequest request, DateTimeOffset now, out SessionKey key)
    {
        if (device is null)
        {
            device = Device.New(user.Id, deviceKey, now);
            db.Devices.Add(device);
        }

        device.SignedIn(request.Client.Device, now);
        key = SessionKey.New();
        var remembered = request.Remember && rules.MayRemember;
        var session = Session.Start(
            SessionId.New(now), now, rules.LifetimeFor(remembered), request with { Remember = remembered }, key, device, user.SecurityStamp!);
        db.Sessions.Add(session);
        var by = Actor.Person(user.Id, session.Id.Value, request.Client.IpAddress, request.Client.UserAgent);
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.SignInSucceeded, by, now, subject: user.Id, session: session.Id.Value, reason: request.Method.ToString()));
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.SessionCreated, by, now, subject: user.Id, session: session.Id.Value));
        return session;
    }

    private async Task ObserveAsync(PortalDbContext db, PortalUser user, Session session, bool newDevice, CancellationToken ct)
    {
        var firstEver = user.FirstSignedInAt is null;
        if (firstEver)
        {
            await db.Users.Where(u => u.Id == user.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.FirstSignedInAt, session.StartedAt), ct);
        }

        foreach (var observer in observers)
        {
            await observer.SessionOpenedAsync(db, user, session, newDevice, firstEver, ct);
        }
    }
}
