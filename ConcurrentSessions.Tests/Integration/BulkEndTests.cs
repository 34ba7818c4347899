using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>An administrator ends whatever a filter finds.</summary>
[Trait("Check", "S44")]
public sealed class BulkEndTests : IAsyncLifetime
{
    private TestDatabase portal = null!;
    private UserAdministration administration = null!;
    private string boss = "";
    private string ada = "";
    private string bob = "";
    private Actor me = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        portal = await TestDatabase.NewAsync();
        administration = portal.Get<UserAdministration>();
        (boss, ada, bob) = (await portal.AddUserAsync("boss", Roles.Admin), await portal.AddUserAsync("ada", Roles.User), await portal.AddUserAsync("bob", Roles.User));
        await portal.SignInAsync(ada);
        await portal.SignInAsync(ada);
        await portal.SignInAsync(bob);
        me = await portal.ActorAsync(boss);
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task The_preview_says_what_ending_then_ends_and_the_own_session_stays()
    {
        await portal.SignInAsync(boss); // another browser of the administrator's
        var effect = await administration.PreviewEndingAsync(new(), me, Ct);

        var (result, ended) = await EndAsync(new());

        Assert.Equal(new BulkEffect(4, 3), effect);
        Assert.Null(result.Problem);
        Assert.Equal(effect.Sessions, ended);
        Assert.Empty(await portal.ActiveAsync(ada));
        Assert.Empty(await portal.ActiveAsync(bob));
        Assert.Equal([new SessionId(me.SessionId!.Value)], await portal.ActiveAsync(boss));
    }

    [Fact]
    public async Task Only_what_the_filter_finds_ends_and_every_node_and_page_is_told()
    {
        var told = new List<SessionId?>();
        using var hearing = portal.Get<ISessionSignal>().Subscribe(ada, change => told.Add(change.Session));
        var open = await portal.ActiveAsync(ada);

        await EndAsync(new() { User = "ada@" });

        Assert.Empty(await portal.ActiveAsync(ada));
        Assert.Single(await portal.ActiveAsync(bob));
        Assert.Equal(open.Order(ById), told.Select(id => id!.Value).Order(ById));
    }

    [Fact]
    [Trait("Check", "S26")]
    public async Task Each_session_has_its_event_and_the_act_has_one_with_the_filter_and_the_counts()
    {
        Assert.True(EndNote.TryRead("Maintenance", out var note, out _));
        await EndAsync(new() { Role = Roles.User }, note);

        Assert.Equal(3, (await portal.AuditAsync(AuditNames.SessionEnded)).Count(e => e.ActorId == boss && e.Reason == nameof(EndReason.RevokedByAdministrator)));
        var act = Assert.Single(await portal.AuditAsync(ExplorerEvents.EndedByFilter));
        Assert.Equal((boss, AuditOutcome.Succeeded, "3 sessions of 2 users, told “Maintenance”: role User"), (act.ActorId, act.Outcome, act.Reason));
    }

    [Fact]
    public async Task What_is_told_reaches_the_users_list_as_it_was_typed()
    {
        Assert.True(EndNote.TryRead(" <b>Tonight</b>\r\n\u202emaintenance ", out var note, out _));
        await EndAsync(new(), note);

        var session = (await portal.Get<SessionList>().HistoryAsync(bob, 10, Ct))[0];

        Assert.Equal("<b>Tonight</b>maintenance", session.EndNote);
        Assert.Equal(EndReason.RevokedByAdministrator, session.EndReason);
    }

    [Fact]
    public void A_reason_that_is_too_long_is_refused_with_both_lengths()
    {
        Assert.False(EndNote.TryRead(new string('a', 201), out _, out var problem));
        Assert.Equal("A reason has at most 200 characters; this one has 201.", problem);
    }

    [Fact]
    public async Task Stopping_keeps_what_was_not_ended_yet_and_says_so_in_the_trail()
    {
        using var stop = new CancellationTokenSource();

        var (result, ended) = await administration.EndMatchingAsync(new() { Role = Roles.User }, default, _ => stop.Cancel(), me, stop.Token);

        Assert.Equal(AdministrationResult.Stopped, result);
        Assert.Equal(3 - ended, (await portal.ActiveAsync(ada)).Count + (await portal.ActiveAsync(bob)).Count);
        Assert.InRange(ended, 1, 2);
        var act = Assert.Single(await portal.AuditAsync(ExplorerEvents.EndedByFilter));
        Assert.StartsWith($"{ended} sessions of 1 users", act.Reason, StringComparison.Ordinal);
        Assert.NotEqual(AuditOutcome.Succeeded, act.Outcome);
    }

    [Fact]
    public async Task Who_has_just_come_back_is_not_idle_though_no_row_says_so_yet()
    {
        portal.Clock.Advance(TimeSpan.FromMinutes(15));
        var back = (await portal.ActiveAsync(bob))[0];
        portal.Get<SessionActivity>().Note(back, portal.Clock.GetUtcNow());
        me = await portal.ActorAsync(boss);

        await EndAsync(new() { Role = Roles.User, Idle = TimeSpan.FromMinutes(10) });

        Assert.Empty(await portal.ActiveAsync(ada));
        Assert.Equal([back], await portal.ActiveAsync(bob));
    }

    [Fact]
    [Trait("Check", "S08")]
    public async Task An_old_proof_and_a_user_end_nothing()
    {
        var user = await portal.ActorAsync(ada);
        Assert.Equal(AdministrationResult.NotAllowed, (await administration.EndMatchingAsync(new(), default, _ => { }, user, Ct)).Result);

        portal.Clock.Advance(Session.FreshProof + TimeSpan.FromSeconds(1));
        Assert.Equal(AdministrationResult.ProveFirst, (await EndAsync(new())).Result);

        Assert.Single(await portal.ActiveAsync(bob));
        Assert.Empty(await portal.AuditAsync(ExplorerEvents.EndedByFilter));
    }

    private static Comparer<SessionId> ById => Comparer<SessionId>.Create((a, b) => a.CompareTo(b));

    private Task<(AdministrationResult Result, int Ended)> EndAsync(SessionFilter filter, EndNote note = default) =>
        administration.EndMatchingAsync(filter, note, _ => { }, me, Ct);
}
