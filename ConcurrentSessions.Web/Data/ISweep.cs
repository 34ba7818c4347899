namespace ConcurrentSessions.Web.Data;

/// <summary>What a slice does when time has passed. Asked every ten seconds, on the one node that does the maintenance.</summary>
public interface ISweep
{
    Task SweepAsync(CancellationToken ct);
}
