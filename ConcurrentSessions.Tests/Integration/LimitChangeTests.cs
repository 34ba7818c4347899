using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What a change of limit does, and what the preview says of it before.</summary>
[Trait("Check", "S29")]
public sealed class LimitChangeTests : IAsyncLifetime
{
    private static readonly SessionRules Defaults = new SessionSettings().Rules();

    private TestDatabase portal = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        portal = await TestDatabase.NewAsync();
        await ChangeAsync(Roles.User, 5, enforceNow: false);
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task A_lower_limit_enforced_now_ends_the_least_recently_used()
    {
        var ada = await portal.AddUserAsync("ada", Roles.User);
        var open = await SignInAsync(ada, 5);

        // The oldest becomes the one used last.
        portal.Clock.Advance(TimeSpan.FromMinutes(1));
        portal.Get<SessionActivity>().Note(open[0], portal.Clock.GetUtcNow());

        Assert.Equal(3, await ChangeAsync(Roles.User, 2, enforceNow: true));
        Assert.Equal([open[0], open[4]], await portal.ActiveAsync(ada));
        Assert.All(await portal.AuditAsync(AuditNames.SessionEnded), e => Assert.Equal(nameof(EndReason.LimitLowered), e.Reason));
    }

    [Fact]
    public async Task A_lower_limit_left_for_later_ends_nothing_now()
    {
        var ada = await portal.AddUserAsync("ada", Roles.User);
        var open = await SignInAsync(ada, 4);

        Assert.Equal(0, await ChangeAsync(Roles.User, 2, enforceNow: false));
        Assert.Equal(open, await portal.ActiveAsync(ada));
    }

    [Fact]
    public async Task The_preview_says_what_enforcing_then_does()
    {
        var (ada, bob, eve) = (await portal.AddUserAsync("ada", Roles.User), await portal.AddUserAsync("bob", Roles.User), await portal.AddUserAsync("eve", Roles.User));
        await SignInAsync(ada, 5);
        await SignInAsync(bob, 3);
        await SignInAsync(eve, 2);

        var effect = await PreviewAsync(Roles.User, Defaults with { Limit = SessionLimit.Of(2, WhenFull.Ask) });

        Assert.Equal(new LimitEffect(Users: 2, Sessions: 4, Expiring: 0), effect);
        Assert.Equal(5, (await portal.ActiveAsync(ada)).Count);
        Assert.Equal(effect.Sessions, await ChangeAsync(Roles.User, 2, enforceNow: true));
        Assert.Equal(LimitEffect.None, await PreviewAsync(Roles.User, Defaults with { Limit = SessionLimit.Of(2, WhenFull.Ask) }));
    }

    [Fact]
    public async Task The_preview_counts_nobody_whose_own_limit_or_other_role_decides()
    {
        await ChangeAsync(Roles.Admin, 4, enforceNow: false);
        var (own, both) = (await portal.AddUserAsync("own", Roles.User), await portal.AddUserAsync("both", Roles.User, Roles.Admin));
        await SetOwnAsync(own, 5);
        await SignInAsync(own, 5);
        await SignInAsync(both, 4);

        // The role User alone would let them have two; the higher limit of the role Admin does not raise it.
        Assert.Equal(new LimitEffect(1, 2, 0), await PreviewAsync(Roles.User, Defaults with { Limit = SessionLimit.Of(2, WhenFull.Ask) }));

        // Raising the role User leaves the role Admin's four.
        Assert.Equal(LimitEffect.None, await PreviewAsync(Roles.User, Defaults with { Limit = SessionLimit.Unlimited(WhenFull.Ask) }));
    }

    [Fact]
    public async Task The_preview_tells_what_shorter_lifetimes_end_and_does_not_count_it_twice()
    {
        var ada = await portal.AddUserAsync("ada", Roles.User);
        await SignInAsync(ada, 3);
        portal.Clock.Advance(TimeSpan.FromMinutes(10));
        await SignInAsync(ada, 1);

        var rules = Defaults with { Limit = SessionLimit.Of(1, WhenFull.Ask), Lifetime = new(TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)) };

        Assert.Equal(new LimitEffect(0, 0, Expiring: 3), await PreviewAsync(Roles.User, rules));
    }

    [Fact]
    public async Task A_limit_of_ones_own_wins_over_every_role()
    {
        var ada = await portal.AddUserAsync("ada", Roles.User, Roles.Admin);
        await SetOwnAsync(ada, 4);

        await SignInAsync(ada, 4);
        var view = Assert.IsType<UserView>(await portal.Get<UserDirectory>().FindAsync(ada, Ct));

        Assert.Equal((4, "the user's own limit"), (view.Effective.Limit.Seats, view.Effective.DecidedBy));
        Assert.Equal(4, view.ActiveSessions);
        Assert.Equal(new LimitEffect(1, 1, 0), await portal.Get<LimitPreview>().ForUserAsync(ada, null, Ct));
    }

    [Fact]
    public async Task The_explorer_finds_sessions_by_their_owners_address_the_latest_used_first()
    {
        var (ada, bob) = (await portal.AddUserAsync("ada", Roles.User), await portal.AddUserAsync("bob", Roles.User));
        var first = await portal.SignInAsync(ada);
        var second = await portal.SignInAsync(ada);
        var third = await portal.SignInAsync(bob);

        Assert.Equal([third, second, first], await FindAsync(null));
        Assert.Equal([second, first], await FindAsync("ADA@"));
        Assert.Empty(await FindAsync("%"));
        Assert.Equal(3, (await portal.Get<PortalFigures>().CountAsync(Ct)).ActiveSessions);
        portal.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Empty(await FindAsync(null));
    }

    private async Task<IEnumerable<SessionId>> FindAsync(string? text) =>
        (await portal.Get<SessionExplorer>().SearchAsync(new() { User = text }, default, null, Ct)).Sessions.Select(s => s.Session.Id);

    private Task<LimitEffect> PreviewAsync(string role, SessionRules rules) => portal.Get<LimitPreview>().ForRoleAsync(role, rules, Ct);

    private Task<int> ChangeAsync(string role, int seats, bool enforceNow) => portal.Get<RoleLimits>().ChangeAsync(
        role, Defaults with { Limit = SessionLimit.Of(seats, WhenFull.Ask) }, enforceNow, Actor.Operator, Ct);

    private Task<int> SetOwnAsync(string user, int seats) => portal.Get<RoleLimits>().ChangeForUserAsync(
        user, new UserLimit { UserId = user, Seats = seats }, enforceNow: false, Actor.Operator, Ct);

    private async Task<IReadOnlyList<SessionId>> SignInAsync(string user, int times)
    {
        var ids = new List<SessionId>();
        for (var i = 0; i < times; i++)
        {
            ids.Add(await portal.SignInAsync(user));
        }

        return ids;
    }
}
