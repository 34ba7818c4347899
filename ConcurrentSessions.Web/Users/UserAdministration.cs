using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Users;

/// <summary>
/// What administrators do to users. The actor's right is read again inside each unit of work: a page that was opened
/// by an administrator proves nothing (ASVS 8.2.1, 8.3.2), and neither does a proof older than five minutes (ASVS 7.5.3).
/// </summary>
public sealed partial class UserAdministration(
    IDbContextFactory<PortalDbContext> databases, SessionEnder ender, RoleLimits limits, ISessionSignal signal,
    IEnumerable<IAccountObserver> observers, TimeProvider clock)
{
    /// <summary>Disables an account and ends everything it has open (ASVS 7.4.2).</summary>
    public Task<AdministrationResult> DisableAsync(string userId, Actor by, CancellationToken ct) => ActAsync(userId, by, async db =>
    {
        var user = await db.UserAsync(userId, ct);
        if (await IsLastAdministratorAsync(db, userId, ct))
        {
            return AdministrationResult.LastAdministrator;
        }

        user.Disable(clock.GetUtcNow());
        var sessions = await db.Sessions.Of(userId).NotEnded().ToListAsync(ct);
        ender.End(db, sessions, EndReason.UserDisabled, by);
        await NoteAsync(db, AuditNames.UserDisabled, AccountChange.Disabled, by, user, $"{sessions.Count} sessions ended", ct);
        return new(null, sessions);
    }, ct);

    /// <summary>Lets a disabled account sign in again; nothing that ended comes back.</summary>
    public Task<AdministrationResult> EnableAsync(string userId, Actor by, CancellationToken ct) => ActAsync(userId, by, async db =>
    {
        var user = await db.UserAsync(userId, ct);
        user.Enable();
        await NoteAsync(db, AuditNames.UserEnabled, AccountChange.Enabled, by, user, null, ct);
        return AdministrationResult.Done;
    }, ct);

    public Task<AdministrationResult> GrantRoleAsync(string userId, string role, Actor by, CancellationToken ct) => ActAsync(userId, by, async db =>
    {
        var id = await db.Roles.Where(r => r.Name == role).Select(r => r.Id).SingleAsync(ct);
        if (!await db.UserRoles.AnyAsync(m => m.UserId == userId && m.RoleId == id, ct))
        {
            db.UserRoles.Add(new IdentityUserRole<string> { UserId = userId, RoleId = id });
            await NoteAsync(db, AuditNames.RoleGranted, AccountChange.RoleGranted, by, await db.UserAsync(userId, ct), role, ct);
            await ApplyRulesAsync(db, userId, ct);
        }

        return AdministrationResult.Done;
    }, ct);

    public Task<AdministrationResult> RevokeRoleAsync(string userId, string role, Actor by, CancellationToken ct) => ActAsync(userId, by, async db =>
    {
        if (role == Roles.Admin && await IsLastAdministratorAsync(db, userId, ct))
        {
            return AdministrationResult.LastAdministrator;
        }

        var id = await db.Roles.Where(r => r.Name == role).Select(r => r.Id).SingleAsync(ct);
        if (await db.UserRoles.Where(m => m.UserId == userId && m.RoleId == id).ExecuteDeleteAsync(ct) > 0)
        {
            await NoteAsync(db, AuditNames.RoleRevoked, AccountChange.RoleRevoked, by, await db.UserAsync(userId, ct), role, ct);
            await ApplyRulesAsync(db, userId, ct);
        }

        return AdministrationResult.Done;
    }, ct);

    /// <summary>Gives a user a number of seats of their own, or with null takes it away. A lower one is enforced now or at the next sign-in.</summary>
    public async Task<AdministrationResult> ChangeLimitAsync(string userId, UserLimit? limit, bool enforceNow, Actor by, CancellationToken ct)
    {
        if (await RefusalAsync(userId, by, ct) is { } refusal)
        {
            return refusal;
        }

        await limits.ChangeForUserAsync(userId, limit, enforceNow, by, ct);
        return AdministrationResult.Done;
    }

    /// <summary>Changes the rules of a role.</summary>
    /// <inheritdoc cref="RoleLimits.ChangeAsync"/>
    public async Task<(AdministrationResult Result, int Ended)> ChangeRoleAsync(
        string role, SessionRules rules, bool enforceNow, Actor by, CancellationToken ct) =>
        await RefusalAsync(null, by, ct) is { } refusal
            ? (refusal, 0)
            : (AdministrationResult.Done, await limits.ChangeAsync(role, rules, enforceNow, by, ct));

    /// <summary>Ends one session of a user.</summary>
    public async Task<AdministrationResult> EndSessionAsync(string userId, SessionId session, Actor by, CancellationToken ct)
    {
        if (await RefusalAsync(null, by, ct) is { } refusal)
        {
            return refusal;
        }

        await ender.EndOneAsync(userId, session, EndReason.RevokedByAdministrator, by, ct);
        return AdministrationResult.Done;
    }

    /// <summary>Ends every session of a user, and every sign-in under way.</summary>
    public async Task<(AdministrationResult Result, int Ended)> EndAllSessionsAsync(string userId, Actor by, CancellationToken ct) =>
        await RefusalAsync(null, by, ct) is { } refusal
            ? (refusal, 0)
            : (AdministrationResult.Done, await ender.EndAllAsync(userId, EndReason.RevokedByAdministrator, by, ct));

    private async Task<AdministrationResult> ActAsync(
        string userId, Actor by, Func<PortalDbContext, Task<AdministrationResult>> act, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnAsync(userId, ct);
        if (await RefusalAsync(db, userId, by, ct) is { } refusal)
        {
            return refusal;
        }

        var result = await act(db);
        if (result.Problem is null)
        {
            await db.SaveChangesAsync(ct);
            await turn.CommitAsync();
            ender.Tell(result.Ended);
            signal.Publish(new SessionChange(userId, null, SessionChangeKind.UserChanged));
        }

        return result;
    }

    // A session opened as a user must not outlive an administrator's times, and the other way round.
    private async Task ApplyRulesAsync(PortalDbContext db, string userId, CancellationToken ct)
    {
        await db.SaveChangesAsync(ct);
        var rules = (await limits.EffectiveAsync(db, userId, ct)).Rules;
        await ender.ApplyAsync(db, userId, rules, ct);
    }

    private async Task<AdministrationResult?> RefusalAsync(string? userId, Actor by, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await RefusalAsync(db, userId, by, ct);
    }

    private async Task<AdministrationResult?> RefusalAsync(PortalDbContext db, string? userId, Actor by, CancellationToken ct)
    {
        if (by.Kind == ActorKind.Operator)
        {
            return null;
        }

        if (by.UserId == userId)
        {
            return AdministrationResult.NotYourself;
        }

        var session = by.SessionId is { } id ? new SessionId(id) : default;
        var proved = await db.Sessions.NotEnded().Where(s => s.Id == session && s.UserId == by.UserId)
            .Select(s => (DateTimeOffset?)s.ProvedAt).SingleOrDefaultAsync(ct);
        if (proved is not null && await db.ActiveAdministrators().AnyAsync(u => u.Id == by.UserId, ct))
        {
            return clock.GetUtcNow() - proved <= Session.FreshProof ? null : AdministrationResult.ProveFirst;
        }

        var looks = await db.RolesOf(by.UserId ?? "").ContainsAsync(Roles.Auditor, ct);
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.AccessRefused, by, clock.GetUtcNow(), AuditOutcome.Refused, userId,
            reason: looks ? "an auditor changes nothing" : "not an administrator any more"));
        await db.SaveChangesAsync(ct);
        if (db.Database.CurrentTransaction is { } turn)
        {
            await turn.CommitAsync(ct);
        }

        return looks ? AdministrationResult.LooksOnly : AdministrationResult.NotAllowed;
    }

    private static async Task<bool> IsLastAdministratorAsync(PortalDbContext db, string userId, CancellationToken ct)
    {
        // The user's turn alone would let two administrators demote each other at once.
        await db.LockAsync(Locks.Administrators, ct);
        return await db.ActiveAdministrators().Select(u => u.Id).Order().Take(2).ToListAsync(ct) is [var only] && only == userId;
    }

    private async Task NoteAsync(
        PortalDbContext db, string name, AccountChange change, Actor by, PortalUser user, string? reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        db.AuditEvents.Add(AuditEvent.Of(name, by, now, subject: user.Id, reason: reason));
        foreach (var observer in observers)
        {
            await observer.AccountChangedAsync(db, new(user, change, by, now, Role: reason), ct);
        }
    }
}

/// <param name="Problem">One sentence for the administrator; null when it was done.</param>
/// <param name="Ended">The sessions it ended.</param>
public sealed record AdministrationResult(string? Problem, IReadOnlyList<Session> Ended)
{
    public static AdministrationResult Done { get; } = new(null, []);

    public static AdministrationResult LastAdministrator { get; } =
        new("This is the last active administrator. Make somebody else an administrator first.", []);

    public static AdministrationResult NotYourself { get; } =
        new("Nobody changes their own roles, limit or state. Ask another administrator.", []);

    public static AdministrationResult NoSecondFactor { get; } = new("They have neither an authenticator app nor a passkey. Nothing was changed.", []);

    /// <summary>Nothing was done: the session's last proof is older than <see cref="Session.FreshProof"/> (ASVS 7.5.3).</summary>
    public static AdministrationResult ProveFirst { get; } =
        new("Confirm first that it is you: your last proof is older than five minutes. Nothing was changed.", []);

    public static AdministrationResult LooksOnly { get; } = new("The role Auditor sees everything and changes nothing.", []);

    public static AdministrationResult Stopped { get; } = new("Stopped. What had ended before stays ended.", []);

    public static AdministrationResult NotAllowed { get; } = new("You are not an administrator any more.", []);
}
