using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Risk;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Reads sessions for people: their own, or an administrator's view of somebody's.</summary>
public sealed class SessionList(IDbContextFactory<PortalDbContext> databases, SessionActivity activity, TimeProvider clock)
{
    /// <summary>A user's active sessions, the latest used first.</summary>
    public async Task<IReadOnlyList<SessionView>> ActiveAsync(string userId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var rows = await WithDevices(db, db.Sessions.Of(userId).NotEnded()).ToListAsync(ct);
        return [.. rows
            .Where(r => activity.Recall(r.Session).IsActive(now))
            .OrderByDescending(r => r.Session.LastSeenAt)
            .Select(r => SessionView.Of(r.Session, r.Device))];
    }

    /// <summary>A user's sessions of all states, the latest started first.</summary>
    public async Task<IReadOnlyList<SessionView>> HistoryAsync(string userId, int most, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var rows = await WithDevices(db, db.Sessions.Of(userId).OrderByDescending(s => s.StartedAt).Take(most)).ToListAsync(ct);
        return [.. rows
            .OrderByDescending(r => r.Session.StartedAt)
            .Select(r => SessionView.Of(activity.Recall(r.Session), r.Device))];
    }

    /// <summary>Changes of how a user is signed in to and what they may do, the latest first.</summary>
    public Task<IReadOnlyList<AuditEvent>> ChangesAsync(string userId, int most, CancellationToken ct) =>
        EventsAsync(userId,
        [
            AuditNames.CredentialsChanged, AuditNames.PasswordChanged, AuditNames.SecondFactorTurnedOn, AuditNames.SecondFactorTurnedOff,
            AuditNames.RecoveryCodesMade, AuditNames.RecoveryCodeUsed, AuditNames.RoleGranted, AuditNames.RoleRevoked, AuditNames.UserDisabled,
            AuditNames.UserEnabled, AuditNames.DeviceForgotten, AuditNames.PlaceCalledUsual, AuditNames.PlaceCalledUsualNoMore,
        ], most, ct);

    /// <summary>Sign-ins of a user that failed or were turned away, the latest first.</summary>
    public Task<IReadOnlyList<AuditEvent>> FailuresAsync(string userId, int most, CancellationToken ct) =>
        EventsAsync(userId, [AuditNames.SignInFailed, AuditNames.SecondFactorFailed, AuditNames.SignInThrottled, AuditNames.SessionLimitReached], most, ct);

    private async Task<IReadOnlyList<AuditEvent>> EventsAsync(string userId, string[] names, int most, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.AuditEvents.AsNoTracking()
            .Where(e => e.SubjectId == userId && names.Contains(e.Name))
            .OrderByDescending(e => e.Sequence).Take(most).ToListAsync(ct);
    }

    /// <summary>One session in any state; null when there is none.</summary>
    public async Task<SessionView?> FindAsync(SessionId id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var row = await WithDevices(db, db.Sessions.Where(s => s.Id == id)).SingleOrDefaultAsync(ct);
        return row is null ? null : SessionView.Of(activity.Recall(row.Session), row.Device);
    }

    /// <summary>
    /// A session that has just started, if its owner should hear of it: null when it has ended, or when the same browser signed in again.
    /// </summary>
    public async Task<SessionView?> FindNewcomerAsync(string userId, SessionId id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var again = await db.Sessions.Of(userId).AnyAsync(s => s.EndedFrom == id && s.EndReason == EndReason.Replaced, ct);
        var row = again ? null : await WithDevices(db, db.Sessions.Of(userId).NotEnded().Where(s => s.Id == id)).SingleOrDefaultAsync(ct);
        return row is null ? null : SessionView.Of(activity.Recall(row.Session), row.Device);
    }

    /// <summary>The session a key opens or opened, in any state: whoever holds the key may learn why it ended.</summary>
    public async Task<SessionView?> FindAsync(SessionKey key, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var hash = key.Hash();
        var row = await WithDevices(db, db.Sessions.Where(s => s.KeyHash == hash)).SingleOrDefaultAsync(ct);
        return row is null ? null : SessionView.Of(activity.Recall(row.Session), row.Device);
    }

    private static IQueryable<SessionRow> WithDevices(PortalDbContext db, IQueryable<Session> sessions)
    {
        // A plain join: written as a look-up, the whole table of devices would be numbered for it.
        return sessions.AsNoTracking().LeftJoin(db.Devices, s => s.DeviceId, d => d.Id, (s, d) => new SessionRow(s, d));
    }

    private sealed record SessionRow(Session Session, Device? Device);
}

/// <summary>A session as people see it; it holds no key, no hash and no stamp.</summary>
/// <param name="DeviceName">The name its owner gave the device, else "Firefox on Linux".</param>
/// <param name="ExpiresAt">When it ends unless it is used (UTC).</param>
/// <param name="LatestEnd">When it ends whatever happens (UTC).</param>
public sealed record SessionView(
    SessionId Id, string UserId, Guid DeviceId, string DeviceName, DeviceDescription Device, Place Place, string? IpAddress,
    AuthenticationMethod Method, bool Remembered, DateTimeOffset StartedAt, DateTimeOffset LastSeenAt, DateTimeOffset ProvedAt,
    DateTimeOffset ExpiresAt, DateTimeOffset LatestEnd, DateTimeOffset? EndedAt, EndReason? EndReason, string? EndedBy, SessionId? EndedFrom)
{
    /// <summary>What the administrator who ended it tells its user.</summary>
    public string? EndNote { get; init; }

    internal static SessionView Of(Session s, Device? device) => new(
        s.Id, s.UserId, s.DeviceId, device?.GivenName ?? s.Device.Name, s.Device, s.Place, s.IpAddress ?? s.IpNetwork,
        s.Method, s.Remembered, s.StartedAt, s.LastSeenAt, s.ProvedAt,
        s.IdleExpiresAt, s.ExpiresAt, s.EndedAt, s.EndReason, s.EndedBy, s.EndedFrom)
    {
        RiskReasons = s.RiskReasons ?? Risk.RiskReasons.None,
        RiskResponse = s.RiskResponse ?? Risk.RiskResponse.Nothing,
        EndNote = s.EndNote,
        IsKept = s.IsKept,
        LeavesAt = s.LeavesAt,
    };

    /// <summary>The limit ends it last.</summary>
    public bool IsKept { get; init; }

    /// <summary>When it is to make room for a sign-in that waits for that (UTC).</summary>
    public DateTimeOffset? LeavesAt { get; init; }

    /// <summary>What was not usual about the sign-in.</summary>
    public RiskReasons RiskReasons { get; init; }

    public RiskResponse RiskResponse { get; init; }

    /// <summary>What of it its owner is told: all, unless the role says that it leads to nothing.</summary>
    public RiskReasons Noted => RiskResponse is RiskResponse.Nothing ? RiskReasons.None : RiskReasons;
}
