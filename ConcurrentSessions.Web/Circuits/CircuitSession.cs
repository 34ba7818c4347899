namespace ConcurrentSessions.Web.Circuits;

/// <summary>What a circuit's components may ask about its session.</summary>
public sealed class CircuitSession
{
    /// <summary>The session has ended: the circuit only has to leave, and somebody is seeing to that.</summary>
    public bool Ended { get; internal set; }
}
