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

/// <summary>Two nodes on one PostgreSQL database: a browser does not notice which of them it is sent to.</summary>
[Trait("Check", "S48")]
public sealed class TwoNodesTests : IAsyncLifetime
{
    private readonly TwoNodes nodes = new();
    private PortalUser ada = null!;

    private PortalFactory One => nodes.One;

    private PortalFactory Two => nodes.Two;

    public async ValueTask InitializeAsync() => ada = await One.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => nodes.DisposeAsync();

    [Fact]
    public async Task Who_signs_in_on_one_node_is_signed_in_on_the_other_and_signed_out_on_both()
    {
        using var here = One.NewVisitor();
        using var there = here.At(Two);
        await here.SignInAsync(ada.Email!);
        Assert.True(await there.IsSignedInAsync());
        await there.SignOutAsync();
        await One.UntilAsync(async () => !await here.IsSignedInAsync());
        Assert.Equal(EndReason.SignedOut, await One.InDatabaseAsync(db => db.Sessions.Select(s => s.EndReason).SingleAsync()));
    }

    [Fact]
    public async Task A_form_opened_on_one_node_is_taken_by_the_other()
    {
        using var here = One.NewVisitor();
        using var there = here.At(Two);
        var form = await here.OpenFormAsync("/Account/Login", "login");
        using var answer = await there.PostAsync("/Account/Login", [.. form, ("Input.Email", ada.Email!), ("Input.Password", PortalFactory.Password)]);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.True(await here.IsSignedInAsync());
    }

    [Fact]
    public async Task A_sign_in_begun_on_one_node_is_finished_with_the_second_factor_on_the_other()
    {
        var (key, _) = await One.EnrolAsync(ada);
        using var here = One.NewVisitor();
        using var there = here.At(Two);
        await here.SignInAsync(ada.Email!);
        await there.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", One.CodeOf(key)));
        Assert.True(await here.IsSignedInAsync());
    }

    [Fact]
    public async Task A_sign_in_that_waits_for_a_seat_on_one_node_takes_it_on_the_other()
    {
        await One.LimitAsync(Roles.User, 1, WhenFull.Ask);
        using var phone = One.NewVisitor();
        await phone.SignInAsync(ada.Email!);
        var seat = Assert.Single(await One.ActiveSessionsAsync(ada.Email!)).Id;
        using var here = One.NewVisitor();
        using var there = here.At(Two);
        var asked = await here.SignInAsync(ada.Email!);
        Assert.StartsWith("/Account/SessionLimit", asked.Headers.Location!.PathAndQuery(), StringComparison.Ordinal);
        await there.SubmitAsync("/Account/SessionLimit", "choose", ("Input.EndSessions", seat.ToString()));
        Assert.True(await here.IsSignedInAsync());
        await One.UntilAsync(async () => !await phone.IsSignedInAsync());
    }

    [Fact]
    public async Task A_page_used_on_one_node_is_warned_when_somebody_signs_in_on_the_other()
    {
        await One.LimitAsync(Roles.User, 1, WhenFull.EvictLeastRecent);
        using var laptop = One.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        using var used = new HttpRequestMessage(HttpMethod.Post, "/api/session/activity?page=live");
        used.Headers.Add("Sec-Fetch-Site", "same-origin");
        await laptop.SendAsync(used);
        await One.Services.GetRequiredService<SessionActivityWriter>().WriteAsync(TestContext.Current.CancellationToken);
        var session = Assert.Single(await One.ActiveSessionsAsync(ada.Email!)).Id;
        var warned = false;
        using var listening = One.Services.GetRequiredService<ISessionSignal>().Subscribe(
            ada.Id, change => warned |= change.Kind == SessionChangeKind.Updated && change.Session == session);
        using var phone = Two.NewVisitor();
        await phone.SignInAsync(ada.Email!);
        await One.UntilAsync(async () => await laptop.IsSignedInAsync() && warned);
        Assert.Equal((true, false), (await laptop.IsSignedInAsync(), await phone.IsSignedInAsync()));
        Assert.NotNull(Assert.Single(await One.ActiveSessionsAsync(ada.Email!)).LeavesAt);
    }

    [Theory]
    [InlineData("made by hand")]
    [InlineData("not made yet")]
    public async Task Nodes_that_start_at_the_same_moment_on_an_empty_database_make_everything_once(string made)
    {
        using var empty = made == "made by hand" ? ThrowAwayDatabase.Empty() : ThrowAwayDatabase.NotMadeYet("Postgres");
        await using var first = PortalFactory.On(empty).With("environment", "Production")
            .With("AllowedHosts", "localhost").With("Portal:PublicUrl", "https://localhost");
        await using var second = first.AnotherNode();
        await using var third = first.AnotherNode();
        await Task.WhenAll(new[] { first, second, third }.Select(node => Task.Run(() => node.Services)));

        Assert.Equal([Roles.Admin, Roles.Auditor, Roles.User], await first.InDatabaseAsync(db => db.Roles.Select(r => r.Name!).Order().ToListAsync()));
        Assert.Equal(1, await first.InDatabaseAsync(db => db.SetUpLinks.CountAsync()));
        Assert.Equal(2, await first.InDatabaseAsync(db => db.RoleLimits.CountAsync()));
    }

    [Fact]
    public async Task Nodes_that_start_at_the_same_moment_agree_on_the_key_ring()
    {
        using var empty = ThrowAwayDatabase.New("Postgres");
        await using var first = PortalFactory.On(empty);
        await using var second = first.AnotherNode();
        await Task.WhenAll(new[] { first, second }.Select(node => Task.Run(() => node.Services)));
        using var visitor = first.NewVisitor();
        using var other = second.NewVisitor();
        var forms = await Task.WhenAll(visitor.OpenFormAsync("/Account/Login", "login"), other.OpenFormAsync("/Account/Login", "login"));
        using var crossed = visitor.At(second);
        using var otherCrossed = other.At(first);
        using var answer = await crossed.PostAsync("/Account/Login", [.. forms[0], ("Input.Email", "nobody@portal.example"), ("Input.Password", "x")]);
        using var otherAnswer = await otherCrossed.PostAsync("/Account/Login", [.. forms[1], ("Input.Email", "nobody@portal.example"), ("Input.Password", "x")]);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (answer.StatusCode, otherAnswer.StatusCode));
        Assert.Equal(1, await first.InDatabaseAsync(db => db.DataProtectionKeys.CountAsync()));
    }

    [Fact]
    [Trait("Check", "S02")]
    public async Task A_seat_that_falls_free_by_idling_is_given_away_once_whatever_the_other_node_had_not_written_down()
    {
        await One.LimitAsync(Roles.User, 1);
        using var laptop = One.NewVisitor();
        using var phone = Two.NewVisitor("198.51.100.9");
        await laptop.SignInAsync(ada.Email!);
        One.Clock.AdjustTime(One.Clock.GetUtcNow().AddMinutes(29));
        Assert.True(await laptop.IsSignedInAsync());
        One.Clock.AdjustTime(One.Clock.GetUtcNow().AddMinutes(2));
        await phone.SignInAsync(ada.Email!);
        await One.Services.GetRequiredService<SessionActivityWriter>().WriteAsync(default);
        Assert.True(await phone.IsSignedInAsync());
        await One.UntilAsync(async () => !await laptop.IsSignedInAsync());
        await One.AssertInvariantsAsync();
    }

    [Theory]
    [Trait("Check", "S29")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_change_of_rules_took_for_unused_has_ended_whatever_the_other_node_had_not_written_down(bool enforceNow)
    {
        using var laptop = One.NewVisitor();
        using var phone = Two.NewVisitor("198.51.100.9");
        await laptop.SignInAsync(ada.Email!);
        One.Clock.AdjustTime(One.Clock.GetUtcNow().AddMinutes(29));
        Assert.True(await laptop.IsSignedInAsync());
        await phone.SignInAsync(ada.Email!);
        One.Clock.AdjustTime(One.Clock.GetUtcNow().AddMinutes(2));
        var rules = new SessionSettings().Rules() with { Limit = SessionLimit.Of(1, WhenFull.Ask) };
        await Two.Services.GetRequiredService<RoleLimits>().ChangeAsync(Roles.User, rules, enforceNow, Actor.Operator, default);
        await One.Services.GetRequiredService<SessionActivityWriter>().WriteAsync(default);
        await One.UntilAsync(async () => !await laptop.IsSignedInAsync());
        Assert.True(await phone.IsSignedInAsync());
        Assert.Single(await Two.ActiveSessionsAsync(ada.Email!));
    }

    [Fact]
    [Trait("Check", "S25")]
    public async Task A_session_used_a_moment_ago_on_one_node_is_not_ended_as_unused_by_the_other()
    {
        using var laptop = One.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        One.Clock.AdjustTime(One.Clock.GetUtcNow().AddSeconds((29 * 60) + 50));
        Assert.True(await laptop.IsSignedInAsync());
        One.Clock.AdjustTime(One.Clock.GetUtcNow().AddSeconds(20));
        await Two.Services.GetRequiredService<SessionHousekeeping>().EndExpiredAsync(default);
        Assert.True(await laptop.IsSignedInAsync());
    }
}
