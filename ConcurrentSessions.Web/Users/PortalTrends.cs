using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Users;

/// <summary>How sign-ins went hour by hour, and who and where is most signed in. Each is one statement along an index.</summary>
public sealed class PortalTrends(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    public const int Hours = 24;
    private const int Most = 6;

    public async Task<Trends> ReadAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var now = clock.GetUtcNow();
        var active = db.Sessions.NotEnded().Where(s => s.IdleExpiresAt > now);
        var busiest = await active.GroupBy(s => s.UserId).Select(g => new { UserId = g.Key, Sessions = g.Count() })
            .OrderByDescending(g => g.Sessions).ThenBy(g => g.UserId).Take(Most)
            .Join(db.Users, g => g.UserId, u => u.Id, (g, u) => new BusyUser(u.Id, u.Email ?? u.Id, g.Sessions)).ToListAsync(ct);
        var places = await active.Where(s => s.Place.Country != null || s.Place.City != null)
            .GroupBy(s => new { s.Place.City, s.Place.Country }).Select(g => new { g.Key.City, g.Key.Country, Sessions = g.Count() })
            .OrderByDescending(g => g.Sessions).ThenBy(g => g.Country).ThenBy(g => g.City).Take(Most).ToListAsync(ct);
        return new(
            await HoursAsync(db, now, ct),
            [.. busiest.OrderByDescending(b => b.Sessions).ThenBy(b => b.Email, StringComparer.Ordinal)],
            [.. places.Select(p => new BusyPlace(p.City, p.Country, p.Sessions))]);
    }

    // The databases keep time in different ways, and hours are cut in different words.
    private static async Task<IReadOnlyList<HourOfSignIns>> HoursAsync(PortalDbContext db, DateTimeOffset now, CancellationToken ct)
    {
        var last = Hour(now);
        var since = DateTimeOffset.UnixEpoch.AddHours(last - Hours + 1);
        var (good, bad, turned) = (AuditNames.SignInSucceeded, AuditNames.SignInFailed, AuditNames.SecondFactorFailed);
        var counted = db.Database.IsNpgsql()
            ? db.Database.SqlQuery<Counted>($"""
                SELECT floor(extract(epoch FROM "At") / 3600)::bigint AS "Hour", "Name", count(*) AS "Count" FROM "AuditEvents"
                WHERE "At" >= {since} AND "Name" IN ({good}, {bad}, {turned}) GROUP BY 1, 2
                """)
            : db.Database.SqlQuery<Counted>($"""
                SELECT "At" / {TimeSpan.TicksPerHour} - {DateTimeOffset.UnixEpoch.UtcTicks / TimeSpan.TicksPerHour} AS "Hour", "Name", count(*) AS "Count" FROM "AuditEvents"
                WHERE "At" >= {since.UtcTicks} AND "Name" IN ({good}, {bad}, {turned}) GROUP BY 1, 2
                """);
        var rows = (await counted.ToListAsync(ct)).ToLookup(c => c.Hour);
        return [.. Enumerable.Range(0, Hours).Select(i => last - Hours + 1 + i).Select(hour => new HourOfSignIns(
            DateTimeOffset.UnixEpoch.AddHours(hour),
            (int)rows[hour].Where(c => c.Name == good).Sum(c => c.Count), (int)rows[hour].Where(c => c.Name != good).Sum(c => c.Count)))];
    }

    private static long Hour(DateTimeOffset time) => time.ToUnixTimeSeconds() / 3600;

    private sealed record Counted(long Hour, string Name, long Count);
}

public sealed record Trends(IReadOnlyList<HourOfSignIns> SignIns, IReadOnlyList<BusyUser> Busiest, IReadOnlyList<BusyPlace> Places);

/// <param name="From">When the hour begins (UTC).</param>
/// <param name="Failed">At the password or at the second factor.</param>
public sealed record HourOfSignIns(DateTimeOffset From, int Succeeded, int Failed);

/// <param name="Sessions">How many are active now.</param>
public sealed record BusyUser(string Id, string Email, int Sessions);

/// <inheritdoc cref="BusyUser" path="/param"/>
public sealed record BusyPlace(string? City, string? Country, int Sessions);
