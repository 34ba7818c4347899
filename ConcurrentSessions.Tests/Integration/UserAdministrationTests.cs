using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What administrators may do to users, and what they may not.</summary>
public sealed class UserAdministrationTests : IAsyncLifetime
{
    private static readonly SessionRules Defaults = new SessionSettings().Rules();

    private TestDatabase portal = null!;
    private UserAdministration administration = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        portal = await TestDatabase.NewAsync();
        administration = portal.Get<UserAdministration>();
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    [Trait("Check", "S28")]
    public async Task The_last_administrator_can_be_neither_disabled_nor_demoted()
    {
        var ada = await portal.AddUserAsync("ada", Roles.Admin);

        Assert.Equal(AdministrationResult.LastAdministrator, await administration.DisableAsync(ada, Actor.Operator, Ct));
        Assert.Equal(AdministrationResult.LastAdministrator, await administration.RevokeRoleAsync(ada, Roles.Admin, Actor.Operator, Ct));
        Assert.Equal([ada], await AdministratorsAsync());
    }

    [Fact]
    [Trait("Check", "S28")]
    public async Task A_disabled_administrator_does_not_count_as_another_one()
    {
        var (ada, bob) = (await portal.AddUserAsync("ada", Roles.Admin), await portal.AddUserAsync("bob", Roles.Admin));

        Assert.Null((await administration.DisableAsync(bob, Actor.Operator, Ct)).Problem);
        Assert.Equal(AdministrationResult.LastAdministrator, await administration.RevokeRoleAsync(ada, Roles.Admin, Actor.Operator, Ct));
    }

    [Fact]
    [Trait("Check", "S28")]
    public async Task Two_administrators_who_demote_each_other_at_once_leave_one()
    {
        var (ada, bob) = (await portal.AddUserAsync("ada", Roles.Admin), await portal.AddUserAsync("bob", Roles.Admin));
        var (asAda, asBob) = (await portal.ActorAsync(ada), await portal.ActorAsync(bob));

        for (var round = 0; round < 25; round++)
        {
            await Task.WhenAll(
                Task.Run(() => administration.RevokeRoleAsync(bob, Roles.Admin, asAda, Ct)),
                Task.Run(() => administration.RevokeRoleAsync(ada, Roles.Admin, asBob, Ct)));

            Assert.Single(await AdministratorsAsync());
            await administration.GrantRoleAsync(ada, Roles.Admin, Actor.Operator, Ct);
            await administration.GrantRoleAsync(bob, Roles.Admin, Actor.Operator, Ct);
        }
    }

    [Fact]
    [Trait("Check", "S28")]
    public async Task Nobody_changes_their_own_roles_limit_or_state()
    {
        var ada = await portal.AddUserAsync("ada", Roles.Admin);
        await portal.AddUserAsync("bob", Roles.Admin);
        var me = await portal.ActorAsync(ada);

        AdministrationResult[] results =
        [
            await administration.DisableAsync(ada, me, Ct),
            await administration.EnableAsync(ada, me, Ct),
            await administration.ForcePasswordResetAsync(ada, me, Ct),
            await administration.RemoveSecondFactorAsync(ada, me, Ct),
            await administration.GrantRoleAsync(ada, Roles.User, me, Ct),
            await administration.RevokeRoleAsync(ada, Roles.Admin, me, Ct),
            await administration.ChangeLimitAsync(ada, new UserLimit { UserId = ada, Seats = null }, enforceNow: false, me, Ct),
        ];

        Assert.All(results, result => Assert.Equal(AdministrationResult.NotYourself, result));
        Assert.Equal([Roles.Admin], (await UserAsync(ada)).Roles);
        Assert.Null((await UserAsync(ada)).OwnLimit);
    }

    [Fact]
    [Trait("Check", "S08")]
    public async Task What_a_demoted_administrator_still_tries_is_refused_and_audited()
    {
        var ada = await portal.AddUserAsync("ada", Roles.Admin);
        await portal.AddUserAsync("bob", Roles.Admin);
        var eve = await portal.AddUserAsync("eve", Roles.User);
        var demoted = await portal.ActorAsync(ada);
        await administration.RevokeRoleAsync(ada, Roles.Admin, Actor.Operator, Ct);

        Assert.Equal(AdministrationResult.NotAllowed, await administration.DisableAsync(eve, demoted, Ct));
        Assert.Equal(AdministrationResult.NotAllowed, await administration.ForcePasswordResetAsync(eve, demoted, Ct));
        Assert.Equal(AdministrationResult.NotAllowed, await administration.RemoveSecondFactorAsync(eve, demoted, Ct));
        Assert.Equal(AdministrationResult.NotAllowed, (await administration.ChangeRoleAsync(Roles.User, Defaults, true, demoted, Ct)).Result);
        Assert.Equal(AdministrationResult.NotAllowed, (await administration.EndAllSessionsAsync(eve, demoted, Ct)).Result);

        Assert.Equal(UserState.Active, (await UserAsync(eve)).State);
        var refusals = await portal.AuditAsync(AuditNames.AccessRefused);
        Assert.Equal(5, refusals.Count);
        Assert.All(refusals, e => Assert.Equal((ada, AuditOutcome.Refused), (e.ActorId, e.Outcome)));
    }

    [Fact]
    [Trait("Check", "S08")]
    public async Task An_administrator_whose_session_has_ended_does_nothing_any_more()
    {
        var (ada, eve) = (await portal.AddUserAsync("ada", Roles.Admin), await portal.AddUserAsync("eve", Roles.User));
        var before = await portal.ActorAsync(ada);
        await portal.Get<SessionEnder>().EndAllAsync(ada, EndReason.SignedOut, Actor.Operator, Ct);

        Assert.Equal(AdministrationResult.NotAllowed, await administration.DisableAsync(eve, before, Ct));
    }

    [Fact]
    [Trait("Check", "S07")]
    public async Task Disabling_a_user_ends_everything_they_have_open_and_enabling_revives_nothing()
    {
        var (ada, eve) = (await portal.AddUserAsync("ada", Roles.Admin), await portal.AddUserAsync("eve", Roles.User));
        var me = await portal.ActorAsync(ada);
        SessionId[] open = [await portal.SignInAsync(eve), await portal.SignInAsync(eve)];
        var told = new List<SessionId?>();
        using var hearing = portal.Get<ISessionSignal>().Subscribe(eve, change => told.Add(change.Session));

        var result = await administration.DisableAsync(eve, me, Ct);

        Assert.Null(result.Problem);
        Assert.Equal(open, result.Ended.OrderBy(s => s.StartedAt).Select(s => s.Id));
        Assert.All(open, id => Assert.Contains(id, told));
        Assert.All(await portal.AuditAsync(AuditNames.SessionEnded), e => Assert.Equal((ada, nameof(EndReason.UserDisabled)), (e.ActorId, e.Reason)));
        await administration.EnableAsync(eve, me, Ct);
        Assert.Empty(await portal.ActiveAsync(eve));
    }

    [Fact]
    public async Task Ending_one_session_leaves_the_others()
    {
        var (ada, eve) = (await portal.AddUserAsync("ada", Roles.Admin), await portal.AddUserAsync("eve", Roles.User));
        var me = await portal.ActorAsync(ada);
        var (first, second) = (await portal.SignInAsync(eve), await portal.SignInAsync(eve));

        await administration.EndSessionAsync(eve, first, me, Ct);

        Assert.Equal([second], await portal.ActiveAsync(eve));
    }

    private async Task<UserView> UserAsync(string id) => Assert.IsType<UserView>(await portal.Get<UserDirectory>().FindAsync(id, Ct));

    private Task<List<string>> AdministratorsAsync() => portal.InAsync(db => db.ActiveAdministrators().Select(u => u.Id).ToListAsync());
}
