namespace ConcurrentSessions.Web.Risk;

/// <summary>
/// Decides what is not usual about a sign-in (ASVS 6.3.5). Pure: the same facts always give the same reasons, and a fact that
/// speaks against a sign-in never takes one away. docs/risk.md explains the numbers.
/// </summary>
public static class SignInDecision
{
    /// <summary>Nearer than this, an address may simply be placed wrongly, or a phone's network leave by another city.</summary>
    public const double NearKilometres = 500;

    /// <summary>How far off both places together may be.</summary>
    public const double ToleranceKilometres = 100;

    /// <summary>Faster than an airliner.</summary>
    public const double FastestKilometresPerHour = 1000;

    /// <summary>As many as are free of any wait.</summary>
    public const int ManyFailures = 5;

    /// <summary>Two wrong codes are a slip.</summary>
    public const int ManyWrongCodes = 3;

    public static readonly TimeSpan Dormancy = TimeSpan.FromDays(90);

    public static RiskReasons Reasons(SignInFacts facts)
    {
        var newDevice = facts is { NewDevice: true, FirstEver: false };
        var newPlace = facts is { NewPlace: true, FirstEver: false, UsualPlace: false };
        return (newDevice ? RiskReasons.NewDevice : 0)
            | (newPlace ? RiskReasons.NewPlace : 0)
            | (IsTooFar(facts) && (newDevice || newPlace) ? RiskReasons.ImpossibleTravel : 0)
            | (facts.FailuresHere >= ManyFailures || (facts.Failures >= ManyFailures && (newDevice || newPlace)) ? RiskReasons.AfterFailures : 0)
            | (!facts.FirstEver && facts.Unused > Dormancy ? RiskReasons.Dormant : 0)
            | (facts.WrongCodes >= ManyWrongCodes ? RiskReasons.FactorFailed : 0);
    }

    public static SignInVerdict Decide(SignInFacts facts, RiskResponses responses)
    {
        var reasons = Reasons(facts);
        return new(reasons, responses.To(reasons));
    }

    // A known device between two known places is a person with a VPN: only what is new besides can be too far.
    private static bool IsTooFar(SignInFacts facts)
    {
        if (facts is { FirstEver: true } or { UsualPlace: true } || facts is not { Kilometres: > NearKilometres and var distance, SinceLastSignIn: { } time })
        {
            return false;
        }

        return distance - ToleranceKilometres > FastestKilometresPerHour * Math.Max(time.TotalHours, 0);
    }
}

/// <summary>What was decided on a sign-in, and why.</summary>
public readonly record struct SignInVerdict(RiskReasons Reasons, RiskResponse Response);
