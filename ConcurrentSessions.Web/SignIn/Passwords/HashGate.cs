using System.Threading.RateLimiting;

namespace ConcurrentSessions.Web.SignIn.Passwords;

/// <summary>
/// As many password hashes at once as there are processors, in the order they came; a short queue, then a refusal. Hashing is
/// the dearest thing a stranger can ask for, and must not keep everybody else waiting (ASVS 2.4.1, 15.2.2).
/// </summary>
public sealed class HashGate(TimeProvider clock) : IDisposable
{
    /// <summary>How many wait at most: some seconds of work.</summary>
    public static readonly int Queue = 32 * Slots;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly ConcurrencyLimiter slots = new(new()
    {
        PermitLimit = Slots,
        QueueLimit = Queue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>How many hashes are made at once.</summary>
    public static int Slots => Environment.ProcessorCount;

    /// <exception cref="PortalBusyException">The queue is full, or the turn did not come within five seconds.</exception>
    public async Task<T> RunAsync<T>(Func<T> hash, CancellationToken ct)
    {
        using var slot = await TakeAsync(ct);

        // On a thread of its own: those of the pool, no more than there are processors at first, stay free for everybody else.
        return await Task.Factory.StartNew(hash, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Dispose() => slots.Dispose();

    private async Task<RateLimitLease> TakeAsync(CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(LongestWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            var slot = await slots.AcquireAsync(1, either.Token);
            if (slot.IsAcquired)
            {
                return slot;
            }

            slot.Dispose();
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            // Waited for too long: the same as a full queue.
        }

        throw new PortalBusyException();
    }
}
