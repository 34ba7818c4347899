using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Circuits;

/// <summary>How many live pages each user has open on this node, and the most there may be (ASVS 2.4.1): each costs memory here.</summary>
internal sealed class CircuitPlaces(IOptions<CircuitSettings> settings) : IDisposable
{
    private readonly PartitionedRateLimiter<string> places = PartitionedRateLimiter.Create<string, string>(
        user => RateLimitPartition.GetConcurrencyLimiter(user, _ => new() { PermitLimit = settings.Value.PerUser }));

    /// <returns>Held as long as the page's socket is open; not acquired when the user has no place left.</returns>
    public RateLimitLease Take(string userId) => places.AttemptAcquire(userId);

    public bool AreTaken(string userId) => places.GetStatistics(userId) is { CurrentAvailablePermits: 0 };

    public void Dispose() => places.Dispose();
}

/// <summary>Why a page was refused that its user may otherwise see.</summary>
/// <param name="Most">Live pages of one user.</param>
internal sealed record TooManyPages(int Most);
