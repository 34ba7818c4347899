using ConcurrentSessions.Web.Risk;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

/// <summary>What is decided on a sign-in: by example, and by what holds for facts and responses of any kind.</summary>
[Trait("Check", "S21")]
public sealed class RiskDecisionTests
{
    private const int Tries = 5000;

    private static readonly SignInFacts Usual = new() { Kilometres = 3, SinceLastSignIn = TimeSpan.FromHours(8), Unused = TimeSpan.FromHours(8) };

    // Each makes a sign-in more suspicious than it was.
    private static readonly Func<SignInFacts, Random, SignInFacts>[] Worse =
    [
        (f, _) => f with { NewDevice = true },
        (f, _) => f with { NewPlace = true },
        (f, _) => f with { UsualPlace = false },
        (f, _) => f with { FirstEver = false },
        (f, r) => f with { Kilometres = (f.Kilometres ?? 0) + (r.NextDouble() * 20_000) },
        (f, r) => f with { SinceLastSignIn = f.SinceLastSignIn * r.NextDouble() },
        (f, r) => f with { Unused = f.Unused + TimeSpan.FromDays(r.Next(400)) },
        (f, r) => f with { Failures = f.Failures + r.Next(9) },
        (f, r) => f with { FailuresHere = f.FailuresHere + r.Next(9) },
        (f, r) => f with { WrongCodes = f.WrongCodes + r.Next(5) },
    ];

    [Fact]
    public void A_usual_sign_in_has_no_reason_and_leads_to_nothing() =>
        Assert.Equal(new(RiskReasons.None, RiskResponse.Nothing), SignInDecision.Decide(Usual, RiskResponses.Default));

    [Fact]
    public void A_new_device_in_a_known_place_and_a_known_device_in_a_new_place_are_told_apart()
    {
        Assert.Equal(RiskReasons.NewDevice, SignInDecision.Reasons(Usual with { NewDevice = true }));
        Assert.Equal(RiskReasons.NewPlace, SignInDecision.Reasons(Usual with { NewPlace = true }));
        Assert.Equal(RiskReasons.None, SignInDecision.Reasons(Usual with { NewPlace = true, UsualPlace = true }));
    }

    [Theory]
    [InlineData(17_000, 2, true)] // London to Sydney in two hours
    [InlineData(17_000, 22, false)] // by airliner
    [InlineData(900, 1, false)] // within what both places may be off and an airliner flies
    [InlineData(499, 0, false)] // a phone's network may leave by another city
    [InlineData(601, 0, true)]
    public void What_nobody_can_travel_is_told_from_what_somebody_can(double kilometres, double hours, bool impossible)
    {
        var facts = Usual with { NewPlace = true, Kilometres = kilometres, SinceLastSignIn = TimeSpan.FromHours(hours) };
        Assert.Equal(impossible, SignInDecision.Reasons(facts).HasFlag(RiskReasons.ImpossibleTravel));
    }

    [Fact]
    public void A_known_device_that_jumps_between_known_places_is_a_person_with_a_vpn() =>
        Assert.Equal(RiskReasons.None, SignInDecision.Reasons(Usual with { Kilometres = 9000, SinceLastSignIn = TimeSpan.Zero }));

    [Fact]
    public void A_strangers_failures_elsewhere_do_not_make_the_owners_usual_sign_in_unusual()
    {
        Assert.Equal(RiskReasons.None, SignInDecision.Reasons(Usual with { Failures = 200 }));
        Assert.Equal(RiskReasons.AfterFailures, SignInDecision.Reasons(Usual with { Failures = 5, FailuresHere = 5 }));
        Assert.Equal(RiskReasons.NewDevice | RiskReasons.AfterFailures, SignInDecision.Reasons(Usual with { Failures = 5, NewDevice = true }));
    }

    [Fact]
    public void Long_silence_and_wrong_codes_are_reasons_and_two_slips_are_none()
    {
        Assert.Equal(RiskReasons.Dormant, SignInDecision.Reasons(Usual with { Unused = TimeSpan.FromDays(91) }));
        Assert.Equal(RiskReasons.None, SignInDecision.Reasons(Usual with { WrongCodes = 2 }));
        Assert.Equal(RiskReasons.FactorFailed, SignInDecision.Reasons(Usual with { WrongCodes = 3 }));
    }

    [Fact]
    public void Of_the_first_sign_in_ever_nothing_is_new()
    {
        var first = Usual with { FirstEver = true, NewDevice = true, NewPlace = true, Kilometres = 9000, SinceLastSignIn = TimeSpan.Zero, Unused = TimeSpan.FromDays(999) };
        Assert.Equal(RiskReasons.None, SignInDecision.Reasons(first));
    }

    [Fact]
    public void Whatever_speaks_against_a_sign_in_takes_no_reason_away_and_never_lowers_the_response()
    {
        var random = new Random(1);
        for (var i = 0; i < Tries; i++)
        {
            var (facts, responses) = (AnyFacts(random), AnyResponses(random));
            var worse = Worse[random.Next(Worse.Length)](facts, random);
            var (before, after) = (SignInDecision.Decide(facts, responses), SignInDecision.Decide(worse, responses));
            Assert.True((before.Reasons & ~after.Reasons) == RiskReasons.None, $"{facts}\n{worse}\n{before} {after}");
            Assert.True(after.Response >= before.Response, $"{facts}\n{worse}\n{before} {after}");
        }
    }

    [Fact]
    public void The_same_facts_always_lead_to_the_same_and_no_facts_lead_to_an_exception()
    {
        var random = new Random(2);
        for (var i = 0; i < Tries; i++)
        {
            var (facts, responses) = (AnyFacts(random), AnyResponses(random));
            Assert.Equal(SignInDecision.Decide(facts, responses), SignInDecision.Decide(facts with { }, responses with { }));
        }

        foreach (var odd in new[] { double.NaN, double.PositiveInfinity, -1, double.MaxValue })
        {
            SignInDecision.Reasons(Usual with { Kilometres = odd, NewPlace = true, SinceLastSignIn = TimeSpan.MinValue, Unused = TimeSpan.MaxValue });
        }
    }

    [Fact]
    public void A_stricter_role_is_never_softened_by_another_one_and_what_is_stored_comes_back()
    {
        var random = new Random(3);
        for (var i = 0; i < Tries; i++)
        {
            var (a, b, reasons) = (AnyResponses(random), AnyResponses(random), (RiskReasons)random.Next(64));
            var both = a.StricterOf(b);
            Assert.Equal(both, b.StricterOf(a));
            Assert.True(both.To(reasons) >= a.To(reasons) && both.To(reasons) >= b.To(reasons));
            Assert.Equal(a, RiskResponses.Read(a.Write()));
        }

        Assert.Equal(RiskResponses.Default, RiskResponses.Read("{}"));
    }

    [Fact]
    public void A_distance_is_that_of_a_globe_and_none_where_a_place_is_none()
    {
        Assert.InRange(Distance.Between(51.5, -0.1, -33.9, 151.2)!.Value, 16_950, 17_050);
        Assert.InRange(Distance.Between(0, 179.9, 0, -179.9)!.Value, 22, 23);
        Assert.Equal(0, Distance.Between(1, 1, 1, 1));
        Assert.Null(Distance.Between(null, 1, 1, 1));
        Assert.Null(Distance.Between(double.NaN, 1, 1, 1));
        Assert.Null(Distance.Between(91, 1, 1, 1));
    }

    private static SignInFacts AnyFacts(Random random) => new()
    {
        FirstEver = random.Next(8) == 0,
        NewDevice = random.Next(2) == 0,
        NewPlace = random.Next(2) == 0,
        UsualPlace = random.Next(4) == 0,
        Kilometres = random.Next(5) == 0 ? null : random.NextDouble() * 20_000,
        SinceLastSignIn = random.Next(5) == 0 ? null : TimeSpan.FromHours(random.NextDouble() * 40),
        Unused = TimeSpan.FromDays(random.NextDouble() * 200),
        Failures = random.Next(12),
        FailuresHere = random.Next(12),
        WrongCodes = random.Next(6),
    };

    private static RiskResponses AnyResponses(Random random) =>
        RiskWords.Each.Append(RiskReasons.None).Aggregate(new RiskResponses(), (r, reason) => r.With(reason, (RiskResponse)random.Next(4)));
}
