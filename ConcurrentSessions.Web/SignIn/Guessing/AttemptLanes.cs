namespace ConcurrentSessions.Web.SignIn.Guessing;

/// <summary>
/// Lets the attempts under one key pass one after the other on this node, so that many right ones at once are not taken for
/// guessing. It saves refusals only: what may be looked at is decided in the database.
/// </summary>
internal sealed class AttemptLanes
{
    private readonly Dictionary<string, Lane> lanes = [];

    /// <summary>Waits until nobody else is in the lane of this key; dispose to leave it.</summary>
    public async Task<IDisposable> EnterAsync(string key, CancellationToken ct)
    {
        var lane = Join(key);
        try
        {
            await lane.Free.WaitAsync(ct);
        }
        catch
        {
            Leave(key, lane);
            throw;
        }

        return new Place(() =>
        {
            lane.Free.Release();
            Leave(key, lane);
        });
    }

    private Lane Join(string key)
    {
        lock (lanes)
        {
            if (!lanes.TryGetValue(key, out var lane))
            {
                lanes[key] = lane = new();
            }

            lane.Users++;
            return lane;
        }
    }

    private void Leave(string key, Lane lane)
    {
        lock (lanes)
        {
            if (--lane.Users == 0)
            {
                lanes.Remove(key);
                lane.Free.Dispose();
            }
        }
    }

    private sealed class Lane
    {
        public SemaphoreSlim Free { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Place(Action leave) : IDisposable
    {
        private Action? leave = leave;

        public void Dispose() => Interlocked.Exchange(ref leave, null)?.Invoke();
    }
}
