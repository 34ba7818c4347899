namespace ConcurrentSessions.Web.SignIn.Guessing;

/// <summary>
/// Lets the attempts under one key pass one after the other on this node, so that many right ones at once are not taken for
/// guessing. It saves refusals only: what may be looked at is decided in the database.
/// </summary>
internal sealed class AttemptLanes : IDisposable
{
    private readonly SemaphoreSlim[] lanes = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1, 1))];

    /// <param name="key">Hexadecimal; its first two digits choose the lane.</param>
    public async Task<IDisposable> EnterAsync(string key, CancellationToken ct)
    {
        var lane = lanes[Convert.FromHexString(key.AsSpan(0, 2))[0]];
        await lane.WaitAsync(ct);
        return new Place(lane);
    }

    public void Dispose()
    {
        foreach (var lane in lanes)
        {
            lane.Dispose();
        }
    }

    private sealed class Place(SemaphoreSlim lane) : IDisposable
    {
        private SemaphoreSlim? lane = lane;

        public void Dispose() => Interlocked.Exchange(ref lane, null)?.Release();
    }
}
