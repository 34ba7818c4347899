using System.Text.Json;
using System.Text.Json.Serialization;

namespace ConcurrentSessions.Web.Risk;

/// <summary>What each reason leads to, as an administrator set it for a role. The strongest of a sign-in's reasons holds.</summary>
public sealed record RiskResponses
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    public static RiskResponses Default { get; } = new();

    /// <summary>What every sign-in leads to, a usual one too.</summary>
    public RiskResponse EverySignIn { get; init; } = RiskResponse.Nothing;

    public RiskResponse NewDevice { get; init; } = RiskResponse.Mail;

    public RiskResponse NewPlace { get; init; } = RiskResponse.Mail;

    public RiskResponse ImpossibleTravel { get; init; } = RiskResponse.MailAndSecondFactor;

    public RiskResponse AfterFailures { get; init; } = RiskResponse.Mail;

    public RiskResponse Dormant { get; init; } = RiskResponse.Mail;

    public RiskResponse FactorFailed { get; init; } = RiskResponse.Mail;

    public RiskResponse To(RiskReasons reasons) =>
        Each.Where(r => reasons.HasFlag(r.Reason)).Select(r => r.Response).Append(EverySignIn).Max();

    public RiskResponse Of(RiskReasons reason) => reason is RiskReasons.None ? EverySignIn : Each.Single(r => r.Reason == reason).Response;

    /// <param name="reason">One; <see cref="RiskReasons.None"/> for every sign-in.</param>
    public RiskResponses With(RiskReasons reason, RiskResponse response) => reason switch
    {
        RiskReasons.None => this with { EverySignIn = response },
        RiskReasons.NewDevice => this with { NewDevice = response },
        RiskReasons.NewPlace => this with { NewPlace = response },
        RiskReasons.ImpossibleTravel => this with { ImpossibleTravel = response },
        RiskReasons.AfterFailures => this with { AfterFailures = response },
        RiskReasons.Dormant => this with { Dormant = response },
        RiskReasons.FactorFailed => this with { FactorFailed = response },
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "It must be one reason."),
    };

    /// <summary>Of two roles' responses the stronger, reason by reason.</summary>
    public RiskResponses StricterOf(RiskResponses other)
    {
        var stricter = this;
        foreach (var (reason, _) in Each.Append((RiskReasons.None, EverySignIn)))
        {
            stricter = stricter.With(reason, Of(reason) > other.Of(reason) ? Of(reason) : other.Of(reason));
        }

        return stricter;
    }

    /// <summary>For the audit trail: "NewDevice Mail, NewPlace Nothing", only what is not the default.</summary>
    public string Changes() => string.Join(", ", Each.Prepend((Reason: RiskReasons.None, Response: EverySignIn))
        .Where(r => r.Response != Default.Of(r.Reason))
        .Select(r => $"{(r.Reason is RiskReasons.None ? nameof(EverySignIn) : r.Reason)} {r.Response}"));

    internal string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>What a newer version does not find in an older row has its default.</summary>
    internal static RiskResponses Read(string written) => JsonSerializer.Deserialize<RiskResponses>(written, Json)!;

    private (RiskReasons Reason, RiskResponse Response)[] Each =>
    [
        (RiskReasons.NewDevice, NewDevice), (RiskReasons.NewPlace, NewPlace), (RiskReasons.ImpossibleTravel, ImpossibleTravel),
        (RiskReasons.AfterFailures, AfterFailures), (RiskReasons.Dormant, Dormant), (RiskReasons.FactorFailed, FactorFailed),
    ];
}
