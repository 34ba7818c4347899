using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Somebody who is using a page is told before their session makes room, and the newcomer waits for that.</summary>
public sealed class EvictionNoticeTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private readonly List<Visitor> visitors = [];
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync("ada@portal.example");
        await portal.LimitAsync(Roles.User, 1, WhenFull.EvictLeastRecent);
    }

    public ValueTask DisposeAsync()
    {
        visitors.ForEach(v => v.Dispose());
        return portal.DisposeAsync();
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task A_newcomer_waits_while_a_session_in_use_is_saved_and_then_takes_its_place()
    {
        var laptop = await InUseAsync();
        var phone = NewVisitor();
        var answer = await phone.SignInAsync(ada.Email!);
        Assert.StartsWith("/Account/SessionLimit", answer.Headers.Location!.PathAndQuery(), StringComparison.Ordinal);
        Assert.Contains("in use right now", await (await phone.GetAsync("/Account/SessionLimit")).Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.NotNull(Assert.Single(await portal.ActiveSessionsAsync(ada.Email!)).LeavesAt);

        portal.Clock.Advance(EvictionNotice.Default - TimeSpan.FromSeconds(1));
        await ResumeAsync(phone);
        Assert.Equal((true, false), (await laptop.IsSignedInAsync(), await phone.IsSignedInAsync()));

        portal.Clock.Advance(TimeSpan.FromSeconds(1));
        await ResumeAsync(phone);
        Assert.Equal((false, true), (await laptop.IsSignedInAsync(), await phone.IsSignedInAsync()));
        var why = await (await laptop.GetAsync("/Account/SignedOut")).Content.ReadAsStringAsync();
        Assert.Contains("the least recently used, made room for it", why, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task A_session_whose_page_nobody_used_lately_makes_room_at_once()
    {
        await InUseAsync();
        portal.Clock.Advance(Session.PageUse);
        var phone = NewVisitor();
        await phone.SignInAsync(ada.Email!);
        Assert.True(await phone.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task A_role_that_gives_no_time_to_save_lets_nobody_wait()
    {
        var rules = new SessionSettings().Rules() with { Limit = SessionLimit.Of(1, WhenFull.EvictLeastRecent), EvictionNotice = TimeSpan.Zero };
        await portal.Services.GetRequiredService<RoleLimits>().ChangeAsync(Roles.User, rules, enforceNow: false, Actor.Operator, default);
        var laptop = await InUseAsync();
        var phone = NewVisitor();
        await phone.SignInAsync(ada.Email!);
        Assert.Equal((false, true), (await laptop.IsSignedInAsync(), await phone.IsSignedInAsync()));
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task Who_was_told_to_leave_goes_even_if_used_again_and_nobody_who_was_not()
    {
        await portal.LimitAsync(Roles.User, 2, WhenFull.EvictLeastRecent);
        var laptop = await InUseAsync();
        portal.Clock.Advance(TimeSpan.FromSeconds(5));
        var tablet = await InUseAsync();
        var phone = NewVisitor();
        await phone.SignInAsync(ada.Email!);
        portal.Clock.Advance(TimeSpan.FromSeconds(10));
        await UsePageAsync(laptop);
        portal.Clock.Advance(TimeSpan.FromSeconds(10));
        await ResumeAsync(phone);
        Assert.Equal((false, true, true), (await laptop.IsSignedInAsync(), await tablet.IsSignedInAsync(), await phone.IsSignedInAsync()));
    }

    [Theory]
    [Trait("Check", "S29")]
    [InlineData("leaves")]
    [InlineData("never comes back")]
    public async Task A_newcomer_who_thinks_better_of_it_ends_nothing(string what)
    {
        var laptop = await InUseAsync();
        var phone = NewVisitor();
        await phone.SignInAsync(ada.Email!);
        if (what == "leaves")
        {
            await phone.SubmitAsync("/Account/SessionLimit", "leave");
            Assert.Null(Assert.Single(await portal.ActiveSessionsAsync(ada.Email!)).LeavesAt);
        }

        portal.Clock.Advance(EvictionNotice.Default + EvictionNotice.Patience);
        var page = await (await phone.GetAsync("/Account/SessionLimit")).Content.ReadAsStringAsync();
        Assert.Contains("no longer waiting", page, StringComparison.Ordinal);
        Assert.Equal((true, false), (await laptop.IsSignedInAsync(), await phone.IsSignedInAsync()));

        // Nothing is left of it: the next newcomer waits like the first.
        await UsePageAsync(laptop);
        await NewVisitor().SignInAsync(ada.Email!);
        var told = Assert.Single(await portal.ActiveSessionsAsync(ada.Email!));
        Assert.Equal(portal.Clock.GetUtcNow() + EvictionNotice.Default, told.LeavesAt);
    }

    [Fact]
    [Trait("Check", "S02")]
    public async Task However_many_wait_and_go_on_at_once_there_is_never_one_session_too_many()
    {
        await InUseAsync();
        var newcomers = Enumerable.Range(0, 12).Select(_ => NewVisitor()).ToList();
        Assert.Equal(1, await MostWhileAsync(Task.WhenAll(newcomers.Select(v => v.SignInAsync(ada.Email!)))));
        Assert.DoesNotContain(await portal.AuditAsync(AuditNames.SessionEnded), e => e.Reason == nameof(EndReason.Evicted));

        portal.Clock.Advance(EvictionNotice.Default);
        Assert.Equal(1, await MostWhileAsync(Task.WhenAll(newcomers.Select(ResumeAsync))));
        var alive = 0;
        foreach (var newcomer in newcomers)
        {
            alive += await newcomer.IsSignedInAsync() ? 1 : 0;
        }

        Assert.Equal(1, alive);
        Assert.Equal(12, (await portal.AuditAsync(AuditNames.SessionEnded)).Count(e => e.Reason == nameof(EndReason.Evicted)));
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task A_page_in_use_is_known_to_other_nodes_when_activity_is_written_down()
    {
        await InUseAsync();
        await portal.Services.GetRequiredService<SessionActivityWriter>().WriteAsync(default);
        Assert.Equal(portal.Clock.GetUtcNow(), await portal.InDatabaseAsync(db => db.Sessions.Select(s => s.PageUsedAt).SingleAsync()));
    }

    private Visitor NewVisitor()
    {
        visitors.Add(portal.NewVisitor());
        return visitors[^1];
    }

    private async Task<Visitor> InUseAsync()
    {
        var visitor = NewVisitor();
        await visitor.SignInAsync(ada.Email!);
        await UsePageAsync(visitor);
        return visitor;
    }

    // What a live page's script sends when a person presses a key.
    private static async Task UsePageAsync(Visitor visitor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/session/activity?page=live");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var answer = await visitor.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task ResumeAsync(Visitor visitor) => (await visitor.SubmitAsync("/Account/SessionLimit", "resume")).Dispose();

    private async Task<int> MostWhileAsync(Task work)
    {
        var most = 0;
        while (!work.IsCompleted)
        {
            most = Math.Max(most, await LivingAsync());
        }

        await work;
        return Math.Max(most, await LivingAsync());
    }

    private Task<int> LivingAsync() => portal.InDatabaseAsync(db => db.Sessions.CountAsync(s => s.UserId == ada.Id && s.EndedAt == null));
}
