using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Risk;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Reads the facts that a sign-in is decided on.</summary>
public sealed class SignInRisk(IDbContextFactory<PortalDbContext> databases, RoleLimits limits, TimeProvider clock)
{
    // A flood of failures tells no more by being counted to its end, and a long trail is not read for it.
    private const int LatestEvents = 300;

    private static readonly string[] Failed = [AuditNames.SignInFailed, AuditNames.SignInThrottled, AuditNames.SecondFactorFailed];

    /// <summary>What would be decided if this sign-in were finished now.</summary>
    public async Task<SignInVerdict> ForeseeAsync(PortalUser user, ClientDescription client, SessionKey? deviceKey, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var hash = deviceKey?.HashFor(user.Id);
        var known = hash is not null && await db.Devices.AnyAsync(d => d.UserId == user.Id && d.KeyHash == hash, ct);
        var rules = (await limits.EffectiveAsync(db, user.Id, ct)).Rules;
        return await DecideAsync(db, user, client, !known, rules, ct);
    }

    /// <summary>Decides in the transaction that opens the session, before the session is saved; from then on the place is known.</summary>
    internal async Task<SignInVerdict> DecideAsync(
        PortalDbContext db, PortalUser user, ClientDescription client, bool newDevice, SessionRules rules, CancellationToken ct) =>
        SignInDecision.Decide(await FactsAsync(db, user, client, newDevice, ct), rules.Responses);

    private async Task<SignInFacts> FactsAsync(PortalDbContext db, PortalUser user, ClientDescription client, bool newDevice, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var living = db.Sessions;
        var last = await db.Sessions.AsNoTracking().Of(user.Id).OrderByDescending(s => s.StartedAt)
            .Select(s => new
            {
                s.StartedAt, s.LastSeenAt, s.Place.Latitude, s.Place.Longitude,
                Seen = living.Where(l => l.UserId == s.UserId && l.EndedAt == null).Max(l => (DateTimeOffset?)l.LastSeenAt),
            })
            .FirstOrDefaultAsync(ct);
        var seen = last is null ? user.FirstSignedInAt : last.Seen > last.LastSeenAt ? last.Seen : last.LastSeenAt;
        var (key, network) = (KnownLocation.KeyOf(client.Place), Network.Of(client.IpAddress));
        var places = await PlacesAsync(db, user.Id, key, network, ct);
        var usual = places.Exists(p => p.UsualSince is not null);
        var failures = await FailuresAsync(db, user.Id, last?.StartedAt ?? DateTimeOffset.UnixEpoch, ct);
        return new()
        {
            FirstEver = user.FirstSignedInAt is null,
            NewDevice = newDevice,

            // Without a location database nothing is known and nothing is new: its loss must not mail everybody.
            NewPlace = client.Place.IsKnown && !places.Exists(p => p.PlaceKey == key),
            UsualPlace = usual,
            Kilometres = Distance.Between(last?.Latitude, last?.Longitude, client.Place.Latitude, client.Place.Longitude),
            SinceLastSignIn = now - last?.StartedAt,
            Unused = now - (seen ?? now),
            Failures = failures.Count,
            FailuresHere = failures.Count(f => network is not null && f.IpNetwork == network),
            WrongCodes = failures.Count(f => f.Name == AuditNames.SecondFactorFailed),
        };
    }

    private static async Task<List<KnownLocation>> PlacesAsync(PortalDbContext db, string userId, string key, string? network, CancellationToken ct)
    {
        var networkKey = KnownLocation.KeyOfNetwork(network);
        return await db.KnownLocations.AsNoTracking()
            .Where(l => l.UserId == userId && (l.PlaceKey == key || l.PlaceKey == networkKey)).ToListAsync(ct);
    }

    private static async Task<List<Failure>> FailuresAsync(PortalDbContext db, string userId, DateTimeOffset since, CancellationToken ct) =>
        await db.AuditEvents.AsNoTracking().Where(e => e.SubjectId == userId).OrderByDescending(e => e.Sequence).Take(LatestEvents)
            .Where(e => e.At > since && Failed.Contains(e.Name)).Select(e => new Failure(e.Name, e.IpNetwork)).ToListAsync(ct);

    private sealed record Failure(string Name, string? IpNetwork);
}
