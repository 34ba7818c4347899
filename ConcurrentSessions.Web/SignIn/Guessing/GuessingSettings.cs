using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn.Guessing;

/// <summary>The section <c>SignIn:Guessing</c> of the settings: what wrong attempts cost (ASVS 6.1.1, 6.3.1).</summary>
public sealed class GuessingSettings
{
    public GuessingProfile Profile { get; init; } = GuessingProfile.Delay;

    /// <summary>With <see cref="GuessingProfile.Lock"/>: the attempt that locks, 3 to 10 (PCI DSS 8.3.4 allows no more).</summary>
    public int LockAfter { get; init; } = 10;

    /// <summary>With <see cref="GuessingProfile.Lock"/>: 30 minutes (PCI DSS 8.3.4 allows no less) to one day.</summary>
    public TimeSpan LockFor { get; init; } = TimeSpan.FromMinutes(30);

    private GuessingRule Lock => new(LockAfter, LockFor, LockFor, ForgetsAfterWait: true);

    /// <summary>For all browsers of one network that the account does not know.</summary>
    internal static GuessingRule PerNetwork { get; } = new(5, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(15));

    /// <summary>For one browser that the account knows: a stranger's failures are not counted here.</summary>
    internal GuessingRule PerDevice => Profile is GuessingProfile.Lock ? Lock : PerNetwork;

    /// <summary>For all browsers that the account does not know, whatever their network; mild, because strangers share it with the owner.</summary>
    internal GuessingRule PerAccount =>
        Profile is GuessingProfile.Lock ? Lock : new(50, TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(2));
}

public enum GuessingProfile
{
    /// <summary>Ever longer waits; nothing is ever locked.</summary>
    Delay,

    /// <summary>The account is locked for a time to every browser it does not know, and each known browser by its own failures.</summary>
    Lock,
}

internal sealed class GuessingSettingsCheck : IValidateOptions<GuessingSettings>
{
    private const int FewestAttempts = 3;
    private const int MostAttempts = 10;
    private static readonly TimeSpan ShortestLock = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestLock = TimeSpan.FromDays(1);

    public ValidateOptionsResult Validate(string? name, GuessingSettings options)
    {
        var problem = !Enum.IsDefined(options.Profile)
                ? $"SignIn:Guessing:Profile is '{options.Profile}'; it must be Delay or Lock."
            : options.LockAfter is < FewestAttempts or > MostAttempts
                ? $"SignIn:Guessing:LockAfter is '{options.LockAfter}'; it must be a whole number from {FewestAttempts} to {MostAttempts}."
            : options.LockFor < ShortestLock || options.LockFor > LongestLock
                ? $"SignIn:Guessing:LockFor is '{options.LockFor}'; it must be {ShortestLock} to {LongestLock}."
            : null;
        return problem is null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problem);
    }
}
