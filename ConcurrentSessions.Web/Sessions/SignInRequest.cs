namespace ConcurrentSessions.Web.Sessions;

/// <summary>A person who has proved who they are and now wants a session.</summary>
/// <param name="Generation">The user's generation when the sign-in began: an older one comes to nothing.</param>
/// <param name="DeviceKey">The device cookie's key; null in a browser never seen.</param>
/// <param name="CurrentKey">The key of the session this browser had: it is replaced, and takes no other's seat.</param>
/// <param name="EndFirst">Sessions the person chose to end for this one.</param>
public sealed record SignInRequest(
    string UserId,
    int Generation,
    AuthenticationMethod Method,
    ClientDescription Client,
    bool Remember,
    SessionKey? DeviceKey,
    SessionKey? CurrentKey,
    IReadOnlyCollection<SessionId> EndFirst)
{
    /// <summary>UTC; null is now. Who waited for a seat proved who they are before they waited.</summary>
    public DateTimeOffset? ProvedAt { get; init; }
}

/// <summary>What became of a <see cref="SignInRequest"/>.</summary>
public abstract record SignInOutcome
{
    private SignInOutcome()
    {
    }

    /// <param name="Key">For the cookie; known to nobody else.</param>
    /// <param name="DeviceKey">For the device cookie.</param>
    public sealed record Started(Session Session, SessionKey Key, SessionKey DeviceKey) : SignInOutcome;

    /// <summary>Every seat is taken and the person may choose.</summary>
    /// <param name="PendingKey">For the cookie of the chooser: five minutes, once, and good for nothing else.</param>
    public sealed record Full(SessionKey PendingKey, int MustEnd) : SignInOutcome;

    /// <summary>Who makes room is told to save their work first; then this sign-in goes on.</summary>
    /// <param name="PendingKey">For the cookie of the page that waits: once, and good for nothing else.</param>
    /// <param name="Until">UTC.</param>
    public sealed record Waits(SessionKey PendingKey, DateTimeOffset Until) : SignInOutcome;

    /// <summary>Every seat is taken and the role refuses newcomers.</summary>
    public sealed record Refused : SignInOutcome;

    /// <summary>The account was disabled or everything was signed out while the sign-in was under way.</summary>
    public sealed record Overtaken : SignInOutcome;
}
