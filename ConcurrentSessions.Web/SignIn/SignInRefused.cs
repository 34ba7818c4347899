using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// The factors were right and still no session was opened. Not a failed sign-in: nothing is counted against the account.
/// </summary>
public sealed class SignInRefused : SignInResult
{
    private SignInRefused(SignInRefusal why) => Why = why;

    public SignInRefusal Why { get; }

    /// <summary>Every seat is taken: <c>/Account/SessionLimit</c> lets the person choose whom to end.</summary>
    public static SignInRefused ChooseSession { get; } = new(SignInRefusal.ChooseSession);

    /// <summary>A seat is free in a moment: <c>/Account/SessionLimit</c> waits for it.</summary>
    public static SignInRefused WaitForSeat { get; } = new(SignInRefusal.WaitForSeat);

    /// <summary>Every seat is taken and the role refuses newcomers.</summary>
    public static SignInRefused LimitReached { get; } = new(SignInRefusal.LimitReached);

    /// <summary>The account was disabled, or everything was signed out, while this sign-in was under way.</summary>
    public static SignInRefused Overtaken { get; } = new(SignInRefusal.Overtaken);

    /// <summary>The right password and then five wrong codes: this sign-in is over, another may be begun.</summary>
    public static SignInRefused TooManyCodes { get; } = new(SignInRefusal.TooManyCodes);

    /// <summary>Too many attempts; see <see cref="RetryAfter"/>.</summary>
    public static SignInRefused Throttled(TimeSpan retryAfter) => new(SignInRefusal.Throttled) { RetryAfter = retryAfter };

    /// <summary>How long until the next attempt is looked at; zero unless throttled.</summary>
    public TimeSpan RetryAfter { get; private init; }
}

public enum SignInRefusal
{
    ChooseSession,
    WaitForSeat,
    LimitReached,
    Overtaken,
    TooManyCodes,
    Throttled,
}
