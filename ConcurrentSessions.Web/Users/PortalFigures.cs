using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Users;

/// <summary>Counts what the portal holds now and how its sign-ins went lately.</summary>
public sealed class PortalFigures(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    public static readonly TimeSpan Lately = TimeSpan.FromHours(24);

    private static readonly string[] SignIns =
    [
        AuditNames.SignInSucceeded, AuditNames.SignInFailed, AuditNames.SecondFactorFailed,
        AuditNames.SignInThrottled, AuditNames.SessionLimitReached, AuditNames.SignInReported,
    ];

    public async Task<Figures> CountAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var active = db.Sessions.NotEnded().Where(s => s.IdleExpiresAt > now);
        var since = now - Lately;
        var signIns = await db.AuditEvents
            .Where(e => e.At > since && SignIns.Contains(e.Name))
            .GroupBy(e => e.Name)
            .Select(g => new { Name = g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Name, g => g.Count, ct);
        var madeRoom = await db.Sessions.CountAsync(
            s => s.EndedAt > since && (s.EndReason == EndReason.Evicted || s.EndReason == EndReason.ChosenToMakeRoom), ct);
        return new(
            await active.CountAsync(ct),
            await active.Select(s => s.UserId).Distinct().CountAsync(ct),
            await db.Users.CountAsync(ct),
            await db.Users.CountAsync(u => u.DisabledAt != null, ct),
            signIns, madeRoom);
    }
}

/// <param name="ActiveUsers">Users with at least one active session.</param>
/// <param name="SignIns">How often each audit event about signing in was written in the last <see cref="PortalFigures.Lately"/>.</param>
/// <param name="MadeRoom">Sessions that ended in that time to seat a newcomer.</param>
public sealed record Figures(
    int ActiveSessions, int ActiveUsers, int Users, int Disabled, IReadOnlyDictionary<string, int> SignIns, int MadeRoom)
{
    public int Of(string auditName) => SignIns.GetValueOrDefault(auditName);
}
