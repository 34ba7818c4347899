namespace ConcurrentSessions.Tests.Support;

/// <summary>Two portals on one PostgreSQL database, with one clock.</summary>
public sealed class TwoNodes : IAsyncDisposable
{
    private readonly ThrowAwayDatabase database = ThrowAwayDatabase.New("Postgres");

    public TwoNodes()
    {
        One = PortalFactory.On(database);
        Two = One.AnotherNode();
    }

    public PortalFactory One { get; }

    public PortalFactory Two { get; }

    public async ValueTask DisposeAsync()
    {
        await Two.DisposeAsync();
        await One.DisposeAsync();
        database.Dispose();
    }
}
