namespace ConcurrentSessions.Web.Sessions;

/// <summary>Whose sessions the sweeper must look at: the users of whom a change was heard since it last looked.</summary>
internal sealed class ChangedUsers : IDisposable
{
    private readonly Lock gate = new();
    private readonly IDisposable hearing;
    private HashSet<string>? users;

    public ChangedUsers(ISessionSignal signal) => hearing = signal.Subscribe(null, Heard);

    /// <returns>Null when everybody must be looked at: at first, and after <see cref="ForgetAll"/>.</returns>
    public IReadOnlyCollection<string>? Take()
    {
        lock (gate)
        {
            var taken = users;
            users = [];
            return taken;
        }
    }

    /// <summary>Nothing is known any more of who has changed.</summary>
    public void ForgetAll()
    {
        lock (gate)
        {
            users = null;
        }
    }

    public void Dispose() => hearing.Dispose();

    private void Heard(SessionChange change)
    {
        if (change.Kind != SessionChangeKind.UserChanged)
        {
            return;
        }

        lock (gate)
        {
            if (change.UserId is { } user)
            {
                users?.Add(user);
            }
            else
            {
                users = null;
            }
        }
    }
}
