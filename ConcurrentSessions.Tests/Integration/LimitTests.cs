using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class LimitTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [Trait("Check", "S02")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Fifty_sign_ins_at_once_never_open_one_session_too_many(int limit)
    {
        await portal.LimitAsync(Roles.User, limit, WhenFull.EvictLeastRecent);
        var visitors = Enumerable.Range(0, 50).Select(_ => portal.NewVisitor()).ToList();
        var answers = await Task.WhenAll(visitors.Select(v => v.SignInAsync(ada.Email!)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Found, a.StatusCode));
        var alive = 0;
        foreach (var visitor in visitors)
        {
            alive += await visitor.IsSignedInAsync() ? 1 : 0;
            visitor.Dispose();
        }

        Assert.Equal(limit, alive);
        Assert.Equal(limit, await portal.InDatabaseAsync(db => db.Sessions.CountAsync(s => s.UserId == ada.Id && s.EndedAt == null)));
        Assert.Equal(50 - limit, (await portal.AuditAsync(AuditNames.SessionEnded)).Count(e => e.Reason == nameof(EndReason.Evicted)));
    }

    [Theory]
    [Trait("Check", "S02")]
    [InlineData(WhenFull.Refuse)]
    [InlineData(WhenFull.Ask)]
    public async Task Of_twenty_at_once_the_limit_get_in_and_the_others_are_told(WhenFull whenFull)
    {
        await portal.LimitAsync(Roles.User, 2, whenFull);
        var visitors = Enumerable.Range(0, 20).Select(_ => portal.NewVisitor()).ToList();
        await Task.WhenAll(visitors.Select(v => v.SignInAsync(ada.Email!)));
        var alive = 0;
        foreach (var visitor in visitors)
        {
            alive += await visitor.IsSignedInAsync() ? 1 : 0;
            visitor.Dispose();
        }

        Assert.Equal(2, alive);
        Assert.Equal(18, (await portal.AuditAsync(AuditNames.SessionLimitReached)).Count);
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task A_user_far_over_a_lowered_limit_comes_down_to_it_in_one_sign_in()
    {
        await portal.LimitAsync(Roles.User, null);
        var visitors = await SignedInAsync(6);
        await portal.LimitAsync(Roles.User, 2, WhenFull.EvictLeastRecent);
        using var newcomer = portal.NewVisitor();
        await newcomer.SignInAsync(ada.Email!);
        Assert.Equal(2, (await portal.ActiveSessionsAsync(ada.Email!)).Count);
        Assert.True(await visitors[^1].IsSignedInAsync());
        visitors.ForEach(v => v.Dispose());
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task A_limit_enforced_now_ends_the_least_recently_used()
    {
        await portal.LimitAsync(Roles.User, 5);
        var visitors = await SignedInAsync(5);
        portal.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await visitors[0].IsSignedInAsync());
        var rules = new SessionSettings().Rules() with { Limit = SessionLimit.Of(2, WhenFull.Ask) };
        var ended = await portal.Services.GetRequiredService<RoleLimits>().ChangeAsync(Roles.User, rules, enforceNow: true, Actor.Operator, default);
        Assert.Equal(3, ended);
        Assert.True(await visitors[0].IsSignedInAsync());
        Assert.True(await visitors[4].IsSignedInAsync());
        Assert.False(await visitors[1].IsSignedInAsync());
        visitors.ForEach(v => v.Dispose());
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task An_expired_session_holds_no_seat()
    {
        await portal.LimitAsync(Roles.User, 1, WhenFull.Refuse);
        using var forgotten = portal.NewVisitor();
        await forgotten.SignInAsync(ada.Email!);
        portal.Clock.Advance(TimeSpan.FromMinutes(31));
        using var newcomer = portal.NewVisitor();
        await newcomer.SignInAsync(ada.Email!);
        Assert.True(await newcomer.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S15")]
    public async Task A_refusal_is_not_a_wrong_password()
    {
        await portal.LimitAsync(Roles.User, 1, WhenFull.Refuse);
        using var first = portal.NewVisitor();
        await first.SignInAsync(ada.Email!);
        using var second = portal.NewVisitor();
        for (var i = 0; i < 8; i++)
        {
            var answer = await second.SignInAsync(ada.Email!);
            Assert.Contains("as many devices as your role allows", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        await first.SignOutAsync();
        await second.SignInAsync(ada.Email!);
        Assert.True(await second.IsSignedInAsync());
        Assert.Empty(await portal.AuditAsync(AuditNames.SignInFailed));
    }

    [Fact]
    [Trait("Check", "S12")]
    public async Task A_sign_in_that_waits_for_a_seat_opens_no_page_and_is_resumed_once()
    {
        await portal.LimitAsync(Roles.User, 1);
        using var phone = portal.NewVisitor();
        await phone.SignInAsync(ada.Email!);
        using var laptop = portal.NewVisitor();
        var waits = await laptop.SignInAsync(ada.Email!);
        Assert.StartsWith("/Account/SessionLimit", waits.Headers.Location!.PathAndQuery(), StringComparison.Ordinal);
        Assert.False(await laptop.IsSignedInAsync());

        var key = SessionKey.FromCookie(laptop.Cookie(BrowserCookies.Pending))!;
        var taken = (await portal.ActiveSessionsAsync(ada.Email!))[0].Id;
        var registry = portal.Services.GetRequiredService<SessionRegistry>();
        var client = new ClientDescription(null, "", new("Firefox", "Linux", DeviceType.Desktop), Place.Unknown);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => registry.ResumeAsync(key, client, null, null, [taken], default)));
        Assert.Single(outcomes.OfType<SignInOutcome.Started>());
        Assert.Equal(9, outcomes.OfType<SignInOutcome.Overtaken>().Count());
        Assert.False(await phone.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S12")]
    public async Task A_sign_in_that_waits_dies_with_the_password_it_began_with_and_after_five_minutes()
    {
        await portal.LimitAsync(Roles.User, 1);
        using var phone = portal.NewVisitor();
        await phone.SignInAsync(ada.Email!);
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        var key = SessionKey.FromCookie(laptop.Cookie(BrowserCookies.Pending))!;
        var registry = portal.Services.GetRequiredService<SessionRegistry>();
        await portal.AsIdentityAsync(async users => await users.UpdateSecurityStampAsync((await users.FindByIdAsync(ada.Id))!));
        var client = new ClientDescription(null, "", new("Firefox", "Linux", DeviceType.Desktop), Place.Unknown);
        Assert.IsType<SignInOutcome.Overtaken>(await registry.ResumeAsync(key, client, null, null, [], default));
        portal.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null(await registry.FindPendingAsync(key, default));
    }

    [Fact]
    [Trait("Check", "S12")]
    public async Task A_sign_in_that_is_asked_again_waits_no_longer_and_its_proof_is_as_old_as_it_is()
    {
        await portal.LimitAsync(Roles.User, 1);
        using var phone = portal.NewVisitor();
        await phone.SignInAsync(ada.Email!);
        var proved = portal.Clock.GetUtcNow();
        var key = await WaitAndBeAskedAgainAsync(TimeSpan.FromMinutes(4));
        var taken = (await portal.ActiveSessionsAsync(ada.Email!))[0].Id;
        var started = Assert.IsType<SignInOutcome.Started>(await ResumeAsync(key, taken));
        Assert.Equal((proved, portal.Clock.GetUtcNow()), (started.Session.ProvedAt, started.Session.StartedAt));

        key = await WaitAndBeAskedAgainAsync(TimeSpan.FromMinutes(3));
        portal.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.IsType<SignInOutcome.Overtaken>(await ResumeAsync(key, started.Session.Id));
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task With_a_limit_of_one_reloading_and_another_tab_evict_nobody()
    {
        await portal.LimitAsync(Roles.User, 1, WhenFull.EvictLeastRecent);
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        var session = Assert.Single(await portal.ActiveSessionsAsync(ada.Email!)).Id;
        for (var i = 0; i < 20; i++)
        {
            Assert.True(await laptop.IsSignedInAsync());
        }

        Assert.Equal(session, Assert.Single(await portal.ActiveSessionsAsync(ada.Email!)).Id);
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task A_kept_session_is_not_evicted_and_the_mark_outlives_its_next_sign_in()
    {
        await portal.LimitAsync(Roles.User, 2, WhenFull.EvictLeastRecent);
        var visitors = await SignedInAsync(1);
        var home = visitors[0];
        var first = Assert.Single(await portal.ActiveSessionsAsync(ada.Email!));
        await portal.Services.GetRequiredService<KeptSessions>().KeepAsync(ada.Id, first.Id, Actor.Person(ada.Id, first.Id.Value, null), default);
        visitors.AddRange(await SignedInAsync(3));
        Assert.True(await home.IsSignedInAsync());

        await home.SignInAsync(ada.Email!);
        Assert.True(Assert.Single(await portal.ActiveSessionsAsync(ada.Email!), s => s.IsKept).Id != first.Id);
        visitors.AddRange(await SignedInAsync(3));
        Assert.True(await home.IsSignedInAsync());
        Assert.Equal(2, (await portal.ActiveSessionsAsync(ada.Email!)).Count);
        visitors.ForEach(v => v.Dispose());
    }

    private async Task<SessionKey> WaitAndBeAskedAgainAsync(TimeSpan time)
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        portal.Clock.Advance(time);
        var key = SessionKey.FromCookie(laptop.Cookie(BrowserCookies.Pending))!;
        return Assert.IsType<SignInOutcome.Full>(await ResumeAsync(key)).PendingKey;
    }

    private Task<SignInOutcome> ResumeAsync(SessionKey key, params SessionId[] endFirst) => portal.Services.GetRequiredService<SessionRegistry>()
        .ResumeAsync(key, new(null, "", new("Firefox", "Linux", DeviceType.Desktop), Place.Unknown), null, null, endFirst, default);

    private async Task<List<Visitor>> SignedInAsync(int count)
    {
        var visitors = new List<Visitor>();
        for (var i = 0; i < count; i++)
        {
            portal.Clock.Advance(TimeSpan.FromSeconds(10));
            visitors.Add(portal.NewVisitor());
            await visitors[^1].SignInAsync(ada.Email!);
        }

        return visitors;
    }
}
