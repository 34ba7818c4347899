using System.Runtime.CompilerServices;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Users;

/// <summary>Everybody's sessions, for administrators: any page of a million rows at the price of the first.</summary>
public sealed class SessionExplorer(IDbContextFactory<PortalDbContext> databases, SessionActivity activity, TimeProvider clock)
{
    public const int PageSize = 50;

    /// <summary>Counting stops here: nobody turns that many pages.</summary>
    public const int MostCounted = 10_000;

    private const int ReadAtOnce = 1000;

    /// <param name="from">Null is the first page.</param>
    public async Task<SessionsFound> SearchAsync(SessionFilter filter, SessionOrder order, SessionPlace? from, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var total = await filter.Among(db, clock.GetUtcNow()).Take(MostCounted + 1).CountAsync(ct);
        var rows = await ReadAsync(db, filter, order, from, PageSize + 1, ct);
        var (more, backwards) = (rows.Count > PageSize, from is { Before: true });
        rows = rows[..Math.Min(rows.Count, PageSize)];
        if (backwards)
        {
            rows.Reverse();
        }

        // Of the rows as they were ordered, before memory tells what is not written yet.
        var previous = rows.Count > 0 && (backwards ? more : from is not null) ? order.PlaceOf(rows[0], filter.Ended, before: true) : null;
        var next = rows.Count > 0 && (backwards || more) ? order.PlaceOf(rows[^1], filter.Ended, before: false) : null;
        return new(await ViewAsync(db, rows, ct), Math.Min(total, MostCounted), total > MostCounted, previous, next);
    }

    /// <summary>All that match, one after the other.</summary>
    public async IAsyncEnumerable<SessionOfUser> AllAsync(SessionFilter filter, SessionOrder order, [EnumeratorCancellation] CancellationToken ct)
    {
        SessionPlace? from = null;
        for (var last = false; !last;)
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            var rows = await ReadAsync(db, filter, order, from, ReadAtOnce, ct);
            last = rows.Count < ReadAtOnce;
            from = last ? null : order.PlaceOf(rows[^1], filter.Ended, before: false);
            foreach (var row in await ViewAsync(db, rows, ct))
            {
                yield return row;
            }
        }
    }

    private Task<List<Session>> ReadAsync(
        PortalDbContext db, SessionFilter filter, SessionOrder order, SessionPlace? from, int most, CancellationToken ct)
    {
        var found = filter.Among(db, clock.GetUtcNow()).AsNoTracking();
        found = from is null ? found : order.From(found, filter.Ended, from);
        return order.Apply(found, filter.Ended, from is { Before: true }).Take(most).ToListAsync(ct);
    }

    private async Task<List<SessionOfUser>> ViewAsync(PortalDbContext db, List<Session> rows, CancellationToken ct)
    {
        var (owners, used) = (rows.ConvertAll(r => r.UserId), rows.ConvertAll(r => r.DeviceId));
        var emails = await db.Users.Where(u => owners.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.Email, ct);
        var devices = await db.Devices.AsNoTracking().Where(d => used.Contains(d.Id)).ToDictionaryAsync(d => d.Id, ct);
        return rows.ConvertAll(r => new SessionOfUser(
            emails.GetValueOrDefault(r.UserId) ?? "A deleted user", SessionView.Of(activity.Recall(r), devices.GetValueOrDefault(r.DeviceId))));
    }
}

/// <param name="Total">How many match, over all pages, up to <see cref="SessionExplorer.MostCounted"/>.</param>
/// <param name="OrMore">There are more than that.</param>
/// <param name="Previous">Where the page before this one is; null on the first.</param>
/// <param name="Next">Where the page after this one is; null on the last.</param>
public sealed record SessionsFound(IReadOnlyList<SessionOfUser> Sessions, int Total, bool OrMore, SessionPlace? Previous, SessionPlace? Next);

/// <param name="Owner">The address of the user it belongs to.</param>
public sealed record SessionOfUser(string Owner, SessionView Session);
