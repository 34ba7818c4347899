using System.Data.Common;
using System.Globalization;
using System.Linq.Expressions;
using System.Security.Claims;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Finds who is signed in under a key or a session id. The row decides; <see cref="SessionMemory"/> only saves reading it again.</summary>
public sealed class SignedInSessions(
    IDbContextFactory<PortalDbContext> databases, SessionMemory memory, SessionActivity activity, SessionEnder ender, SessionMetrics metrics, TimeProvider clock,
    ILogger<SignedInSessions> logger)
{
    /// <summary>A look-up by key takes a millisecond: a database that is silent for this long is out of reach.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(2);

    /// <summary>Null when no row, ended, expired, its user disabled or locked, or the credentials changed since.</summary>
    /// <exception cref="DbException">It is not in memory, or may not be trusted any more, and the database cannot be read.</exception>
    public ValueTask<SignedIn?> FindAsync(KeyHash key, CancellationToken ct) =>
        memory.Find(key) is { } known ? Known(known) : new(ReadAsync(key, ct));

    /// <inheritdoc cref="FindAsync(KeyHash, CancellationToken)"/>
    public ValueTask<SignedIn?> FindAsync(SessionId id, CancellationToken ct) =>
        memory.Find(id) is { } known ? Known(known) : new(ReadAsync(s => s.Id == id, ct));

    private ValueTask<SignedIn?> Known(SignedIn session)
    {
        metrics.Hit();
        return new(session);
    }

    private Task<SignedIn?> ReadAsync(KeyHash key, CancellationToken ct)
    {
        var hash = key.ToArray();
        return ReadAsync(s => s.KeyHash == hash, ct);
    }

    private async Task<SignedIn?> ReadAsync(Expression<Func<Session, bool>> which, CancellationToken ct)
    {
        metrics.Miss();
        var reading = memory.StartReading();
        await using var db = await databases.CreateDbContextAsync(ct);
        db.Database.SetCommandTimeout(LongestLook);
        var (users, memberships, roles, limits, passkeys) = (db.Users, db.UserRoles, db.Roles, db.RoleLimits, db.UserPasskeys);
        var found = await (
            from session in db.Sessions.AsNoTracking().NotEnded().Where(which)
            join user in users on session.UserId equals user.Id
            select new
            {
                Session = session,
                User = new SignedInUser(user.Id, user.UserName, user.Email, user.SecurityStamp, user.DisabledAt, user.LockoutEnd),
                Roles = (from m in memberships
                         join r in roles on m.RoleId equals r.Id
                         where m.UserId == user.Id
                         select r.Name).ToList(),
                MustEnrol = !user.TwoFactorEnabled
                    && (from m in memberships
                        join r in roles on m.RoleId equals r.Id
                        join l in limits on r.Name equals l.Role
                        where m.UserId == user.Id && l.SecondFactorRequired
                        select l).Any()
                    && !passkeys.Any(p => p.UserId == user.Id),
            }).SingleOrDefaultAsync(ct);
        if (found is null)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        if (activity.Recall(found.Session).Expired(now) is not null)
        {
            return null; // the sweeper writes it down
        }

        if (Disowned(found.Session, found.User, now) is { } reason)
        {
            await EndAsync(found.Session, reason, ct);
            return null;
        }

        var signedIn = SignedIn(found.Session, Principal(found.Session, found.User, found.Roles!, found.MustEnrol));
        memory.Remember(KeyHash.Of(found.Session.KeyHash), signedIn, reading);
        return signedIn;
    }

    private SignedIn SignedIn(Session session, ClaimsPrincipal principal)
    {
        var lastSeen = activity.Of(session.Id);
        lastSeen.Raise(session.LastSeenAt);
        return new(session.Id, session.UserId, session.StartedAt, session.IdleTimeout, session.ExpiresAt, lastSeen, principal);
    }

    // Refusing must not depend on writing it down: the sweeper tries that again.
    private async Task EndAsync(Session session, EndReason reason, CancellationToken ct)
    {
        try
        {
            await ender.EndOneAsync(session.UserId, session.Id, reason, Actor.Portal, ct);
        }
        catch (Exception failure) when (failure is DbException or DbUpdateException)
        {
            logger.LogError(failure, "The end of session {SessionId} could not be written", session.Id);
        }
    }

    private static EndReason? Disowned(Session session, SignedInUser user, DateTimeOffset now) =>
        user.DisabledAt is not null || user.LockoutEnd > now ? EndReason.UserDisabled
        : user.SecurityStamp != session.SecurityStamp ? EndReason.CredentialsChanged
        : null;

    private static ClaimsPrincipal Principal(Session session, SignedInUser user, IEnumerable<string> roles, bool mustEnrol)
    {
        var name = user.UserName ?? "";
        Claim[] claims =
        [
            new(ClaimTypes.NameIdentifier, user.Id),
            new(ClaimTypes.Name, name),
            new(ClaimTypes.Email, user.Email == name ? name : user.Email ?? ""),
            new(SessionClaims.SessionId, session.Id.ToString()),
            new(SessionClaims.Method, session.Method.Reference()),
            new(SessionClaims.ProvedAt, session.ProvedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            .. roles.Select(role => new Claim(ClaimTypes.Role, role)),
            .. mustEnrol ? [new Claim(SessionClaims.MustEnrol, "true")] : Array.Empty<Claim>(),
        ];
        return new(new ClaimsIdentity(claims, IdentityConstants.ApplicationScheme, ClaimTypes.Name, ClaimTypes.Role));
    }

    private sealed record SignedInUser(
        string Id, string? UserName, string? Email, string? SecurityStamp, DateTimeOffset? DisabledAt, DateTimeOffset? LockoutEnd);
}
