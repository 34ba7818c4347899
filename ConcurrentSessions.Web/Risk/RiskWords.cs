namespace ConcurrentSessions.Web.Risk;

/// <summary>Reasons and responses in words for people.</summary>
public static class RiskWords
{
    /// <summary>Every single reason, in the order people are told them.</summary>
    public static IReadOnlyList<RiskReasons> Each { get; } =
    [
        RiskReasons.NewDevice, RiskReasons.NewPlace, RiskReasons.ImpossibleTravel, RiskReasons.AfterFailures, RiskReasons.Dormant, RiskReasons.FactorFailed,
    ];

    /// <summary>The reasons one by one.</summary>
    public static IEnumerable<RiskReasons> OneByOne(this RiskReasons reasons) => Each.Where(r => reasons.HasFlag(r));

    /// <summary>"New device", "Many failed attempts before"; for a tag or a row.</summary>
    public static string Name(this RiskReasons reason) => reason switch
    {
        RiskReasons.None => "Every sign-in, also a usual one",
        RiskReasons.NewDevice => "New device",
        RiskReasons.NewPlace => "New place",
        RiskReasons.ImpossibleTravel => "Too far to travel",
        RiskReasons.AfterFailures => "Many failed attempts before",
        RiskReasons.Dormant => "Account not used for long",
        RiskReasons.FactorFailed => "Wrong codes before",
        _ => string.Join(", ", reason.OneByOne().Select(Name)),
    };

    /// <summary>One part of a sentence for each reason: "this device was not used for your account before".</summary>
    public static IEnumerable<string> Sentences(this RiskReasons reasons) => reasons.OneByOne().Select(reason => reason switch
    {
        RiskReasons.NewDevice => "this device was not used for your account before",
        RiskReasons.NewPlace => "this place was not used for your account before",
        RiskReasons.ImpossibleTravel => "nobody travels from the place of the sign-in before to this one in the time between",
        RiskReasons.AfterFailures => "many attempts to sign in as you had failed since the sign-in before",
        RiskReasons.Dormant => "your account had not been used for more than 90 days",
        _ => "wrong codes had been entered after your right password",
    });

    public static string Name(this RiskResponse response) => response switch
    {
        RiskResponse.Nothing => "Nothing",
        RiskResponse.Note => "Note in the history",
        RiskResponse.Mail => "Mail",
        _ => "Mail and second factor",
    };
}
