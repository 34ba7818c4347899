namespace ConcurrentSessions.Web.SignIn.Guessing;

/// <summary>
/// One attempt, counted before its secret is looked at. It stays counted unless it is given back. Dispose it as soon as
/// the secret has been looked at: on this node the next attempt of the same browser or network waits for that.
/// </summary>
public sealed class SignInAttempt : IDisposable
{
    private readonly Func<bool, Task>? giveBack;
    private readonly IDisposable? lane;

    private SignInAttempt(Func<bool, Task>? giveBack, IDisposable? lane) => (this.giveBack, this.lane) = (giveBack, lane);

    /// <summary>Its secret must not be looked at.</summary>
    public bool IsRefused => Wait > TimeSpan.Zero;

    /// <summary>How long until an attempt is looked at; zero when this one may be.</summary>
    public TimeSpan Wait { get; private init; }

    /// <summary>Refused, and to be written down: beyond the first twenty of a counter, one a minute is.</summary>
    public bool IsToBeNoted { get; private init; }

    /// <summary>How many attempts of this browser or network are counted, this one included.</summary>
    public int Count { get; private init; }

    internal static SignInAttempt Reserved(int count, Func<bool, Task> giveBack, IDisposable lane) => new(giveBack, lane) { Count = count };

    internal static SignInAttempt Refused(TimeSpan wait, bool isToBeNoted) => new(null, null) { Wait = wait, IsToBeNoted = isToBeNoted };

    /// <summary>The secret was right: no longer counted; a browser that the account knows begins anew.</summary>
    public Task SucceededAsync() => giveBack?.Invoke(true) ?? Task.CompletedTask;

    /// <summary>The secret was not looked at after all.</summary>
    public Task GiveBackAsync() => giveBack?.Invoke(false) ?? Task.CompletedTask;

    public void Dispose() => lane?.Dispose();
}
