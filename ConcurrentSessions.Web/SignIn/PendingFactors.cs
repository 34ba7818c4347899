using System.Net;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Sign-ins that wait for their second factor, as rows that every node reads and counts in.</summary>
public sealed class PendingFactors(
    IDbContextFactory<PortalDbContext> databases, IEnumerable<ISecondFactorObserver> observers, TimeProvider clock) : ISweep
{
    private const int MostOwnersAtOnce = 100;

    public async Task<Guid> BeginAsync(PortalUser user)
    {
        await using var db = await databases.CreateDbContextAsync();
        var pending = PendingFactor.Of(user.Id, user.Generation, user.SecurityStamp!, clock.GetUtcNow());
        db.PendingFactors.Add(pending);
        await db.SaveChangesAsync();
        return pending.Id;
    }

    /// <summary>Whether it may still be finished by this user, as they are now.</summary>
    public async Task<bool> IsOpenAsync(Guid id, PortalUser user, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        return await db.PendingFactors.AnyAsync(p =>
            p.Id == id && p.UserId == user.Id && p.Generation == user.Generation && p.SecurityStamp == user.SecurityStamp
            && p.ExpiresAt > now && p.Attempts < PendingFactor.Tries, ct);
    }

    /// <summary>Counts an attempt, before its code is looked at: of many at once five are.</summary>
    /// <returns>False when there are no more to be had.</returns>
    public async Task<bool> CountAttemptAsync(Guid id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        return await db.PendingFactors.Where(p => p.Id == id && p.ExpiresAt > now && p.Attempts < PendingFactor.Tries)
            .ExecuteUpdateAsync(set => set.SetProperty(p => p.Attempts, p => p.Attempts + 1), ct) == 1;
    }

    /// <summary>Notes that a code was wrong. The fifth ends the sign-in, and its owner is told.</summary>
    /// <returns>True when this was the last.</returns>
    public async Task<bool> FailAsync(Guid id, PortalUser user, IPAddress? from, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnAsync(user.Id, ct);
        await db.PendingFactors.Where(p => p.Id == id).ExecuteUpdateAsync(set => set.SetProperty(p => p.Failures, p => p.Failures + 1), ct);
        var spent = await db.PendingFactors.Where(p => p.Id == id && p.Failures >= PendingFactor.Tries).ExecuteDeleteAsync(ct) == 1;
        if (spent)
        {
            db.AuditEvents.Add(AuditEvent.Of(
                AuditNames.SecondFactorSpent, Actor.Visitor(from?.ToString()), clock.GetUtcNow(), AuditOutcome.Refused, user.Id,
                reason: $"right password, {PendingFactor.Tries} wrong codes"));
            foreach (var observer in observers)
            {
                observer.SecondFactorMissed(db, user, PendingFactor.Tries, from);
            }

            await db.SaveChangesAsync(ct);
        }

        await turn.CommitAsync();
        return spent;
    }

    /// <summary>Tells the owners of sign-ins that had a wrong code and then died of age: of each once, of several of one owner together.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var owners = await db.PendingFactors.Where(p => p.ExpiresAt <= now && p.Failures > 0)
            .Select(p => p.UserId).Distinct().Order().Take(MostOwnersAtOnce).ToListAsync(ct);
        foreach (var owner in owners)
        {
            await TellOwnerAsync(owner, now, ct);
        }
    }

    private async Task TellOwnerAsync(string userId, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnAsync(userId, ct);
        var died = db.PendingFactors.Where(p => p.UserId == userId && p.ExpiresAt <= now && p.Failures > 0);
        var wrong = await died.SumAsync(p => p.Failures, ct);
        if (await died.ExecuteDeleteAsync(ct) > 0 && await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == userId, ct) is { } user)
        {
            var from = await db.AuditEvents.Where(e => e.SubjectId == userId && e.Name == AuditNames.SecondFactorFailed)
                .OrderByDescending(e => e.Sequence).Select(e => e.IpAddress).FirstOrDefaultAsync(ct);
            foreach (var observer in observers)
            {
                observer.SecondFactorMissed(db, user, wrong, IPAddress.TryParse(from, out var address) ? address : null);
            }

            await db.SaveChangesAsync(ct);
        }

        await turn.CommitAsync();
    }

    /// <summary>It has led to a session, or was given up.</summary>
    public async Task EndAsync(Guid id, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await db.PendingFactors.Where(p => p.Id == id).ExecuteDeleteAsync(ct);
    }
}
