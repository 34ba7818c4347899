using System.Collections.Concurrent;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Within a node a signal is a call.</summary>
internal sealed class InProcessSessionSignal(
    NodeKnowledge knowledge, SessionMetrics metrics, ILogger<InProcessSessionSignal> logger) : ISessionSignal
{
    private const string Everybody = "";
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<object, Action<SessionChange>>> subscribers = new();

    public void Publish(params IReadOnlyCollection<SessionChange> changes)
    {
        foreach (var change in changes)
        {
            // Memory first: a page that is told looks again at once. A session that starts makes nothing untrue.
            if (change.Kind != SessionChangeKind.Started)
            {
                knowledge.Heard(change.UserId);
            }

            metrics.NodeHeard(change);
            foreach (var name in change.UserId is { } user ? [user, Everybody] : subscribers.Keys)
            {
                Tell(name, change);
            }
        }
    }

    public IDisposable Subscribe(string? userId, Action<SessionChange> heard)
    {
        var name = userId ?? Everybody;
        var subscription = new Subscription(this, name);
        subscribers.GetOrAdd(name, _ => new()).TryAdd(subscription, heard);
        return subscription;
    }

    private void Tell(string name, SessionChange change)
    {
        if (!subscribers.TryGetValue(name, out var listening))
        {
            return;
        }

        foreach (var heard in listening.Values)
        {
            try
            {
                heard(change);
            }
            catch (Exception failure)
            {
                // One deaf page must not keep the others from hearing.
                logger.LogError(failure, "A listener failed on {Kind} of {SessionId}", change.Kind, change.Session);
            }
        }
    }

    private sealed class Subscription(InProcessSessionSignal signal, string name) : IDisposable
    {
        public void Dispose()
        {
            if (signal.subscribers.TryGetValue(name, out var listening))
            {
                listening.TryRemove(this, out _);
            }
        }
    }
}
