using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>The places and networks that a user calls usual: a sign-in from there is neither in a new place nor too far.</summary>
public sealed class UsualPlaces(IDbContextFactory<PortalDbContext> databases, ISessionSignal signal, TimeProvider clock)
{
    public async Task<IReadOnlyList<KnownLocation>> ListAsync(string userId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        return await db.KnownLocations.AsNoTracking().Where(l => l.UserId == userId && l.UsualSince != null)
            .OrderBy(l => l.UsualSince).ThenBy(l => l.PlaceKey).ToListAsync(ct);
    }

    /// <summary>Calls usual where one of the user's sessions was signed in: the place, where it is known, and the network.</summary>
    /// <returns>False when the user has no such session, nothing is known of its place, or the actor's session has ended.</returns>
    public Task<bool> AddAsync(string userId, SessionId session, Actor by, CancellationToken ct) =>
        ChangeAsync(userId, by, AuditNames.PlaceCalledUsual, async db =>
        {
            var found = await db.Sessions.AsNoTracking().Of(userId).SingleOrDefaultAsync(s => s.Id == session, ct);
            var keys = found is null ? [] : Keys(found);
            foreach (var (key, name) in keys)
            {
                var place = await db.KnownLocations.SingleOrDefaultAsync(l => l.UserId == userId && l.PlaceKey == key, ct);
                if (place is null)
                {
                    place = new() { UserId = userId, PlaceKey = key, FirstSeenAt = clock.GetUtcNow() };
                    db.KnownLocations.Add(place);
                }

                place.CallUsual(name, clock.GetUtcNow());
            }

            return keys.Count == 0 ? null : string.Join("; ", keys.Select(k => k.Name));
        }, ct);

    /// <summary>The place stays known; a network is only kept while it is usual.</summary>
    /// <returns>False when it is not usual, or the actor's session has ended.</returns>
    public Task<bool> RemoveAsync(string userId, string key, Actor by, CancellationToken ct) =>
        ChangeAsync(userId, by, AuditNames.PlaceCalledUsualNoMore, async db =>
        {
            if (await db.KnownLocations.SingleOrDefaultAsync(l => l.UserId == userId && l.PlaceKey == key && l.UsualSince != null, ct) is not { } place)
            {
                return null;
            }

            var name = place.Name;
            place.CallUsualNoMore();
            if (key == KnownLocation.KeyOfNetwork(name))
            {
                db.KnownLocations.Remove(place);
            }

            return name;
        }, ct);

    private static List<(string Key, string Name)> Keys(Session session)
    {
        List<(string, string)> keys = [];
        if (session.Place.IsKnown)
        {
            keys.Add((KnownLocation.KeyOf(session.Place), (session.Place with { City = null }).Text));
        }

        if (KnownLocation.KeyOfNetwork(session.IpNetwork) is { } network)
        {
            keys.Add((network, session.IpNetwork!));
        }

        return keys;
    }

    // What was done, for the audit trail; null when there is nothing to do.
    private async Task<bool> ChangeAsync(string userId, Actor by, string name, Func<PortalDbContext, Task<string?>> change, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnAsync(userId, ct);
        if (!await db.MayStillActAsync(by, ct) || await change(db) is not { } done)
        {
            return false;
        }

        db.AuditEvents.Add(AuditEvent.Of(name, by, clock.GetUtcNow(), subject: userId, reason: done[..Math.Min(done.Length, AuditTable.ReasonLength)]));
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
        signal.Publish(new SessionChange(userId, null, SessionChangeKind.Updated));
        return true;
    }
}
