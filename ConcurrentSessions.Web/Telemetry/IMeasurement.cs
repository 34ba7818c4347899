namespace ConcurrentSessions.Web.Telemetry;

/// <summary>A figure that costs a query: taken now and then while somebody collects it, and never because somebody scrapes.</summary>
public interface IMeasurement
{
    /// <summary>Whether anybody collects it.</summary>
    bool IsWanted { get; }

    Task TakeAsync(CancellationToken ct);

    /// <summary>It could not be taken: the last figure is no longer true.</summary>
    void Forget();
}
