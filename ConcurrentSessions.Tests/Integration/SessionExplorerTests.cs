using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What an administrator finds among everybody's sessions.</summary>
[Trait("Check", "S44")]
public sealed class SessionExplorerTests : IAsyncLifetime
{
    private static readonly Place Lyon = new("FR", "France", "Auvergne-Rhône-Alpes", "Lyon", null, null);

    private TestDatabase portal = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => portal = await TestDatabase.NewAsync();

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Each_filter_finds_its_sessions_and_all_of_them_must_hold()
    {
        var (ada, bob) = (await portal.AddUserAsync("ada", Roles.User, Roles.Admin), await portal.AddUserAsync("bob", Roles.User));
        var phone = await OpenAsync(ada, "203.0.113.7", new("Safari", "iOS", DeviceType.Phone), Lyon, AuthenticationMethod.Passkey);
        var desk = await OpenAsync(bob, "2001:db8:1:2::9", new("Firefox", "Linux", DeviceType.Desktop), Place.Unknown, AuthenticationMethod.Password);

        Assert.Equal([desk, phone], await FindAsync(new()));
        Assert.Equal([phone], await FindAsync(new() { User = "ADA@" }));
        Assert.Equal([phone], await FindAsync(new() { Role = Roles.Admin }));
        Assert.Equal([desk, phone], await FindAsync(new() { Role = Roles.User }));
        Assert.Equal([phone], await FindAsync(new() { Place = "lyon, auv" }));
        Assert.Equal([phone], await FindAsync(new() { Place = "Rhône" }));
        Assert.Equal([phone], await FindAsync(new() { Place = "fr" }));
        Assert.Equal([phone], await FindAsync(new() { Type = DeviceType.Phone }));
        Assert.Equal([desk], await FindAsync(new() { Browser = "fox on LIN" }));
        Assert.Equal([phone], await FindAsync(new() { Method = AuthenticationMethod.Passkey }));
        Assert.Empty(await FindAsync(new() { Method = AuthenticationMethod.Passkey, Browser = "Firefox" }));
        Assert.Empty(await FindAsync(new() { User = "%" }));
    }

    [Theory]
    [InlineData("203.0.113.7", true)]
    [InlineData("203.0.113", true)]
    [InlineData("203.0.113.0/24", true)]
    [InlineData("203.0.0.0/16", true)]
    [InlineData("203.0.113.70", false)]
    [InlineData("203.0.114.0/24", false)]
    [InlineData("2001:DB8:1::/48", null)]
    [InlineData("2001:db8:1:2::9", null)]
    public async Task An_address_a_part_of_one_and_a_network_find_whoever_is_there(string typed, bool? four)
    {
        var ada = await portal.AddUserAsync("ada");
        var here = await OpenAsync(ada, "203.0.113.7", DeviceDescription.Unknown, Place.Unknown);
        var six = await OpenAsync(ada, "2001:db8:1:2::9", DeviceDescription.Unknown, Place.Unknown);

        Assert.True(NetworkFilter.TryRead(typed, out var network, out _));

        Assert.Equal(four switch { true => [here], false => [], null => [six] }, await FindAsync(new() { Network = network }));
    }

    [Theory]
    [InlineData("203.0.113.0/25")]
    [InlineData("nonsense/24")]
    public void A_network_that_cannot_be_searched_for_is_named_with_what_can(string typed)
    {
        Assert.False(NetworkFilter.TryRead(typed, out _, out var problem));
        Assert.Contains(typed, problem, StringComparison.Ordinal);
        Assert.Contains("/24", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Age_and_idleness_count_from_the_sign_in_and_from_the_last_use()
    {
        var ada = await portal.AddUserAsync("ada");
        var old = await portal.SignInAsync(ada);
        portal.Clock.Advance(TimeSpan.FromMinutes(20));
        var young = await portal.SignInAsync(ada);

        Assert.Equal([old], await FindAsync(new() { Age = TimeSpan.FromMinutes(15) }));
        Assert.Equal([old], await FindAsync(new() { Idle = TimeSpan.FromMinutes(15) }));
        Assert.Equal([young, old], await FindAsync(new() { Idle = TimeSpan.Zero }));
    }

    [Fact]
    public async Task What_has_ended_is_found_with_the_reason_and_is_not_among_the_active()
    {
        var ada = await portal.AddUserAsync("ada");
        SessionId[] all = [await portal.SignInAsync(ada), await portal.SignInAsync(ada), await portal.SignInAsync(ada)];
        await EndAsync(ada, all[1], EndReason.Revoked);
        portal.Clock.Advance(TimeSpan.FromMinutes(1));
        await EndAsync(ada, all[0], EndReason.SignedOut);

        Assert.Equal([all[2]], await FindAsync(new()));
        Assert.Equal([all[0], all[1]], await FindAsync(new() { Ended = true }));
        Assert.Equal([all[1]], await FindAsync(new() { Ended = true, Reason = EndReason.Revoked }));
    }

    [Theory]
    [InlineData(SessionSort.Latest, false, false)]
    [InlineData(SessionSort.Latest, true, false)]
    [InlineData(SessionSort.Latest, false, true)]
    [InlineData(SessionSort.Latest, true, true)]
    [InlineData(SessionSort.SignedIn, false, false)]
    [InlineData(SessionSort.SignedIn, true, true)]
    public async Task The_pages_show_every_session_once_forwards_and_the_same_backwards(SessionSort sort, bool ascending, bool ended)
    {
        var ada = await portal.AddUserAsync("ada");
        var all = new List<SessionId>();
        await portal.Get<RoleLimits>().ChangeForUserAsync(ada, new UserLimit { UserId = ada, Seats = null }, false, Web.Audit.Actor.Operator, Ct);
        for (var i = 0; i < (2 * SessionExplorer.PageSize) + 3; i++)
        {
            all.Add(await OpenAsync(ada, "192.0.2.1", DeviceDescription.Unknown, Place.Unknown, wait: i % 10 == 0)); // many in the same moment
        }

        if (ended)
        {
            await portal.Get<SessionEnder>().EndAllAsync(ada, EndReason.Revoked, Web.Audit.Actor.Operator, Ct);
        }

        var (filter, order) = (new SessionFilter { Ended = ended }, new SessionOrder(sort, ascending));
        var first = await SearchAsync(filter, order, null);
        var second = await SearchAsync(filter, order, first.Next);
        var third = await SearchAsync(filter, order, second.Next);

        Assert.Equal((all.Count, false), (first.Total, first.OrMore));
        Assert.Null(first.Previous);
        Assert.Null(third.Next);
        Assert.Equal(3, third.Sessions.Count);
        SessionId[] shown = [.. Ids(first), .. Ids(second), .. Ids(third)];
        Assert.Equal(all.Order(Comparer<SessionId>.Create((a, b) => a.CompareTo(b))), shown.Order(Comparer<SessionId>.Create((a, b) => a.CompareTo(b))));
        var back = await SearchAsync(filter, order, third.Previous);
        Assert.Equal(Ids(second), Ids(back));
        Assert.Equal(Ids(first), Ids(await SearchAsync(filter, order, back.Previous)));
        Assert.Equal(Ids(third), Ids(await SearchAsync(filter, order, back.Next)));
        Assert.Equal(first.Next, SessionPlace.Read(first.Next!.ToString()));
    }

    private async Task<SessionId> OpenAsync(
        string user, string ip, DeviceDescription device, Place place, AuthenticationMethod method = AuthenticationMethod.Password, bool wait = true)
    {
        portal.Clock.Advance(TimeSpan.FromMinutes(wait ? 1 : 0));
        var outcome = await portal.Get<SessionRegistry>().OpenAsync(
            new(user, await portal.InAsync(db => Task.FromResult(db.Users.Single(u => u.Id == user).Generation)), method,
                new(ip, "test", device, place), Remember: false, DeviceKey: null, CurrentKey: null, []), Ct);
        return Assert.IsType<SignInOutcome.Started>(outcome).Session.Id;
    }

    private Task<bool> EndAsync(string user, SessionId id, EndReason reason) =>
        portal.Get<SessionEnder>().EndOneAsync(user, id, reason, Web.Audit.Actor.Operator, Ct);

    private async Task<IReadOnlyList<SessionId>> FindAsync(SessionFilter filter) => Ids(await SearchAsync(filter, default, null));

    private Task<SessionsFound> SearchAsync(SessionFilter filter, SessionOrder order, SessionPlace? from) =>
        portal.Get<SessionExplorer>().SearchAsync(filter, order, from, Ct);

    private static SessionId[] Ids(SessionsFound found) => [.. found.Sessions.Select(s => s.Session.Id)];
}
