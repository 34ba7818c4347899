namespace ConcurrentSessions.Web.Data;

/// <summary>Removes rows of a slice that nobody needs any more. Asked once an hour, on the one node that does the maintenance.</summary>
public interface IPurge
{
    /// <summary>Removes some of them, few enough to keep nobody waiting.</summary>
    /// <returns>How many; 0 when there is nothing left to remove.</returns>
    Task<int> PurgeSomeAsync(PortalDbContext db, CancellationToken ct);
}
