using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

[Trait("Check", "S29")]
public sealed class EffectiveRulesTests
{
    private static readonly SessionRules Defaults = new SessionSettings().Rules();

    [Fact]
    public void Without_a_role_the_default_holds()
    {
        var effective = EffectiveRules.Combine([], null, Defaults);
        Assert.Equal((3, "the default"), (effective.Limit.Seats, effective.DecidedBy));
    }

    [Fact]
    public void Of_several_roles_the_lowest_limit_wins_and_is_named()
    {
        var effective = EffectiveRules.Combine([("User", Of(5)), ("Admin", Of(2)), ("Guest", Of(null))], null, Defaults);
        Assert.Equal((2, "role Admin"), (effective.Limit.Seats, effective.DecidedBy));
    }

    [Fact]
    public void On_a_tie_the_stricter_way_wins()
    {
        var effective = EffectiveRules.Combine([("A", Of(2, WhenFull.EvictLeastRecent)), ("B", Of(2, WhenFull.Refuse)), ("C", Of(2))], null, Defaults);
        Assert.Equal(WhenFull.Refuse, effective.Limit.WhenFull);
    }

    [Fact]
    [Trait("Check", "S12")]
    public void A_second_factor_is_required_if_any_role_requires_it()
    {
        var strict = Of(9) with { SecondFactorRequired = true };
        Assert.True(EffectiveRules.Combine([("User", Of(2)), ("Admin", strict)], new UserLimit { UserId = "ada", Seats = 7 }, Defaults).Rules.SecondFactorRequired);
        Assert.False(EffectiveRules.Combine([("User", Of(2)), ("Guest", Of(1))], null, Defaults).Rules.SecondFactorRequired);
        Assert.True(new SessionSettings().AdministratorRules().SecondFactorRequired);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(null)]
    public void A_users_own_limit_wins_over_roles(int? seats)
    {
        var effective = EffectiveRules.Combine([("User", Of(2, WhenFull.Refuse))], new UserLimit { UserId = "ada", Seats = seats }, Defaults);
        Assert.Equal((seats, WhenFull.Refuse, "the user's own limit"), (effective.Limit.Seats, effective.Limit.WhenFull, effective.DecidedBy));
    }

    [Fact]
    public void Each_lifetime_is_the_shortest_and_remembering_needs_every_roles_consent()
    {
        var quick = Defaults with { Lifetime = new(TimeSpan.FromMinutes(5), TimeSpan.FromHours(24)) };
        var strict = Defaults with { Lifetime = new(TimeSpan.FromHours(1), TimeSpan.FromHours(8)), MayRemember = false };
        var effective = EffectiveRules.Combine([("A", quick), ("B", strict)], null, Defaults).Rules;
        Assert.Equal(new SessionLifetime(TimeSpan.FromMinutes(5), TimeSpan.FromHours(8)), effective.LifetimeFor(remembered: true));
    }

    private static SessionRules Of(int? seats, WhenFull whenFull = WhenFull.Ask) => Defaults with { Limit = SessionLimit.Of(seats, whenFull) };
}
