namespace ConcurrentSessions.Bench.Machines;

internal static class Pause
{
    public static Task ForAsync(TimeSpan time, CancellationToken ct = default) => Task.Delay(time, TimeProvider.System, ct);
}
