using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What would change before it does, and the way back after it has.</summary>
[Trait("Check", "S29")]
public sealed class RoleHistoryTests : IAsyncLifetime
{
    private static readonly SessionRules Defaults = new SessionSettings().Rules();

    private TestDatabase portal = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => portal = await TestDatabase.NewAsync();

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task The_dry_run_names_those_of_whom_most_would_end_first_and_ends_nothing()
    {
        await ChangeAsync(Defaults with { Limit = SessionLimit.Unlimited(WhenFull.Ask) });
        var (ada, bob, eve) = (await portal.AddUserAsync("ada", Roles.User), await portal.AddUserAsync("bob", Roles.User), await portal.AddUserAsync("eve", Roles.User));
        foreach (var user in new[] { ada, bob, bob, bob, eve, eve })
        {
            await portal.SignInAsync(user);
        }

        var run = await portal.Get<LimitPreview>().DryRunAsync(Roles.User, Defaults with { Limit = SessionLimit.Of(1, WhenFull.Ask) }, Ct);

        Assert.Equal((new LimitEffect(2, 3, 0), 2), (run.Effect, run.Concerned));
        Assert.Equal([new ConcernedUser(bob, "bob@test.example", 2), new ConcernedUser(eve, "eve@test.example", 1)], run.First);
        Assert.Equal(3, (await portal.ActiveAsync(bob)).Count);
    }

    [Fact]
    [Trait("Check", "S26")]
    public async Task Each_change_is_told_with_who_and_when_and_can_be_put_back_as_it_was()
    {
        var boss = await portal.AddUserAsync("boss", Roles.Admin);
        var me = await portal.ActorAsync(boss);
        SessionRules[] rules =
        [
            Defaults with { Limit = SessionLimit.Of(4, WhenFull.EvictLeastRecent), SecondFactorRequired = true },
            Defaults with { Limit = SessionLimit.Unlimited(WhenFull.Refuse), MayRemember = false, Lifetime = new(TimeSpan.FromHours(30), TimeSpan.FromDays(3)) },
            Defaults,
        ];
        foreach (var one in rules)
        {
            portal.Clock.Advance(TimeSpan.FromMinutes(1));
            await portal.Get<RoleLimits>().ChangeAsync(Roles.User, one, enforceNow: false, me, Ct);
        }

        await portal.Get<RoleLimits>().ChangeAsync(Roles.Admin, Defaults, enforceNow: false, me, Ct);
        var changes = await portal.Get<RoleHistory>().ReadAsync(Roles.User, Ct);

        Assert.Equal(rules.Reverse(), changes.Select(c => c.Rules(Defaults)));
        Assert.All(changes, c => Assert.Equal("boss@test.example", c.By));
        Assert.Equal(portal.Clock.GetUtcNow(), changes[0].At);
    }

    [Fact]
    public void Words_of_another_time_are_shown_and_not_put_back() =>
        Assert.Null(new RoleChange(default, null, ActorKind.Operator, "3 sessions, Shuffle, idle 00:30:00, something new").Rules(Defaults));

    private Task<int> ChangeAsync(SessionRules rules) => portal.Get<RoleLimits>().ChangeAsync(Roles.User, rules, enforceNow: false, Actor.Operator, Ct);
}
