using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Signals;

/// <summary>Changes that every node has heard, or has been deaf to for so long that it starts anew (<see cref="ChangeFeed"/>).</summary>
internal sealed class ChangePurge(TimeProvider clock) : IPurge
{
    /// <summary>Far longer than a node may be deaf before it forgets everything it remembers.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(1);

    private const int Some = 1000;

    public Task<int> PurgeSomeAsync(PortalDbContext db, CancellationToken ct)
    {
        var before = clock.GetUtcNow() - Retention;
        var old = db.Changes.Where(c => c.At < before).OrderBy(c => c.At).Take(Some).Select(c => c.Sequence);
        return db.Changes.Where(c => old.Contains(c.Sequence)).ExecuteDeleteAsync(ct);
    }
}
