using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Nodes;

/// <summary>What two nodes do at the same moment on one PostgreSQL database.</summary>
public sealed class RaceTests : IAsyncLifetime
{
    private readonly ThrowAwayDatabase database = ThrowAwayDatabase.New("Postgres");
    private readonly PortalFactory one;
    private readonly PortalFactory two;
    private PortalUser ada = null!;

    public RaceTests()
    {
        one = PortalFactory.On(database);
        two = one.AnotherNode();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => ada = await one.AddUserAsync("ada@portal.example");

    public async ValueTask DisposeAsync()
    {
        await two.DisposeAsync();
        await one.DisposeAsync();
        database.Dispose();
    }

    [Theory]
    [Trait("Check", "S02")]
    [InlineData(50, 1, WhenFull.EvictLeastRecent)]
    [InlineData(50, 2, WhenFull.EvictLeastRecent)]
    [InlineData(50, 3, WhenFull.EvictLeastRecent)]
    [InlineData(20, 2, WhenFull.Refuse)]
    [InlineData(20, 2, WhenFull.Ask)]
    public async Task Simultaneous_sign_ins_over_two_nodes_never_hold_one_session_too_many(int people, int limit, WhenFull whenFull)
    {
        await one.LimitAsync(Roles.User, limit, whenFull);
        var visitors = Enumerable.Range(0, people).Select(n => (n % 2 == 0 ? one : two).NewVisitor()).ToList();
        var signIns = Task.WhenAll(visitors.Select(v => v.SignInAsync(ada.Email!)));
        var most = await MostWhileAsync(signIns);
        Assert.All(await signIns, a => Assert.True(a.StatusCode is HttpStatusCode.Found or HttpStatusCode.OK, $"{a.StatusCode}"));

        var alive = 0;
        foreach (var visitor in visitors)
        {
            using var elsewhere = visitor.At(two);
            var signedIn = await visitor.IsSignedInAsync();
            await two.UntilAsync(async () => signedIn == await elsewhere.IsSignedInAsync());
            alive += signedIn ? 1 : 0;
            visitor.Dispose();
        }

        Assert.Equal((limit, limit, limit), (alive, await LivingAsync(), most));
        var turnedAway = whenFull == WhenFull.EvictLeastRecent
            ? (await one.AuditAsync(AuditNames.SessionEnded)).Count(e => e.Reason == nameof(EndReason.Evicted))
            : (await one.AuditAsync(AuditNames.SessionLimitReached)).Count;
        Assert.Equal(people - limit, turnedAway);
    }

    [Fact]
    [Trait("Check", "S28")]
    public async Task Administrators_who_demote_each_other_on_two_nodes_two_hundred_times_always_leave_one()
    {
        await DisableDemoAdministratorAsync();
        var bob = await one.AddUserAsync("bob@portal.example", Roles.Admin, Roles.User);
        await GrantAsync(ada.Id);
        var (asAda, asBob) = (await ActorAsync(ada), await ActorAsync(bob));
        for (var round = 0; round < 200; round++)
        {
            var results = await Task.WhenAll(
                Task.Run(() => Administration(one).RevokeRoleAsync(bob.Id, Roles.Admin, asAda, Ct), Ct),
                Task.Run(() => Administration(two).RevokeRoleAsync(ada.Id, Roles.Admin, asBob, Ct), Ct));
            var left = await one.InDatabaseAsync(db => db.ActiveAdministrators().Select(u => u.Id).ToListAsync());
            Assert.Single(left);
            Assert.Single(results, r => r.Problem is null);
            await GrantAsync(left[0] == ada.Id ? bob.Id : ada.Id);
        }
    }

    private static UserAdministration Administration(PortalFactory node) => node.Services.GetRequiredService<UserAdministration>();

    private Task<int> LivingAsync() => one.InDatabaseAsync(db => db.Sessions.CountAsync(s => s.UserId == ada.Id && s.EndedAt == null));

    private async Task<int> MostWhileAsync(Task work)
    {
        var most = 0;
        while (!work.IsCompleted)
        {
            most = Math.Max(most, await LivingAsync());
        }

        return Math.Max(most, await LivingAsync());
    }

    private async Task DisableDemoAdministratorAsync()
    {
        foreach (var id in await one.InDatabaseAsync(db => db.ActiveAdministrators().Select(u => u.Id).ToListAsync()))
        {
            await one.InDatabaseAsync(db => db.Users.Where(u => u.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, one.Clock.GetUtcNow())));
        }
    }

    private Task<AdministrationResult> GrantAsync(string userId) => Administration(one).GrantRoleAsync(userId, Roles.Admin, Actor.Operator, Ct);

    private async Task<Actor> ActorAsync(PortalUser user)
    {
        using var visitor = one.NewVisitor();
        await visitor.SignInAsync(user.Email!);
        var session = Assert.Single(await one.ActiveSessionsAsync(user.Email!));
        return Actor.Person(user.Id, session.Id.Value, "192.0.2.1");
    }
}
