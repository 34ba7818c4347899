using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Risk;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What is decided on a sign-in is kept with it, and done.</summary>
[Trait("Check", "S21")]
public sealed class SignInRiskTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";
    private const string London = "81.2.69.142";
    private const string Sydney = "203.0.113.99";

    private readonly string places = Path.Combine(Path.GetTempPath(), $"places-{Guid.NewGuid():N}.mmdb");
    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllBytesAsync(places, TinyMmdb.FarApart);
        portal.With("Locations:Databases:0", places);
        ada = await portal.AddUserAsync(Ada);
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        File.Delete(places);
    }

    [Fact]
    public async Task A_usual_sign_in_keeps_that_nothing_was_unusual()
    {
        using var laptop = portal.NewVisitor(London);
        await SignInAsync(laptop);
        await laptop.SignOutAsync();
        await SignInAsync(laptop);
        Assert.Equal((RiskReasons.None, RiskResponse.Nothing), await LastAsync());
        Assert.Empty(await portal.MailsAsync());
    }

    [Fact]
    public async Task Sydney_an_hour_after_London_is_too_far_and_stands_in_the_history_and_in_the_mail()
    {
        using var laptop = portal.NewVisitor(London);
        await SignInAsync(laptop);
        portal.Clock.Advance(TimeSpan.FromHours(1));
        using var stranger = portal.NewVisitor(Sydney);
        await SignInAsync(stranger);
        Assert.Equal((RiskReasons.NewDevice | RiskReasons.NewPlace | RiskReasons.ImpossibleTravel, RiskResponse.MailAndSecondFactor), await LastAsync());
        Assert.Contains("nobody travels", Assert.Single(await portal.MailsAsync()).TextBody, StringComparison.Ordinal);
        using var history = await stranger.GetAsync("/sessions/history");
        Assert.Contains("Too far to travel", await history.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_place_called_usual_is_neither_new_nor_too_far_until_that_is_taken_back()
    {
        using var laptop = portal.NewVisitor(London);
        await SignInAsync(laptop);
        using var abroad = Moved(laptop, Sydney);
        await SignInAsync(abroad);
        var session = Assert.Single(await portal.ActiveSessionsAsync(Ada));
        var usual = portal.Services.GetRequiredService<UsualPlaces>();
        Assert.True(await usual.AddAsync(ada.Id, session.Id, Actor.Person(ada.Id, session.Id.Value, null), default));
        Assert.Equal(["New South Wales, Australia", "203.0.113.0/24"], (await usual.ListAsync(ada.Id, default)).Select(p => p.Name).OrderDescending());
        Assert.Single(await portal.AuditAsync(AuditNames.PlaceCalledUsual));

        using var phone = portal.NewVisitor(Sydney);
        await SignInAsync(phone);
        Assert.Equal(RiskReasons.NewDevice, (await LastAsync()).Reasons);
        foreach (var place in await usual.ListAsync(ada.Id, default))
        {
            Assert.True(await usual.RemoveAsync(ada.Id, place.PlaceKey, Actor.Person(ada.Id, null, null), default));
        }

        Assert.Empty(await usual.ListAsync(ada.Id, default));
    }

    [Fact]
    public async Task Success_after_many_failures_from_there_is_told_and_after_a_strangers_failures_elsewhere_it_is_not()
    {
        using var laptop = portal.NewVisitor(London);
        await SignInAsync(laptop);
        await laptop.SignOutAsync();
        await FailAsync("198.51.100.9");
        await SignInAsync(laptop);
        Assert.Equal((RiskReasons.None, RiskResponse.Nothing), await LastAsync());

        await laptop.SignOutAsync();
        await FailAsync(London);
        await SignInAsync(laptop);
        Assert.Equal((RiskReasons.AfterFailures, RiskResponse.Mail), await LastAsync());
        Assert.Contains("many attempts", Assert.Single(await portal.MailsAsync()).TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_nobody_used_for_a_hundred_days_is_told_of_its_use()
    {
        using var laptop = portal.NewVisitor(London);
        await SignInAsync(laptop);
        await laptop.SignOutAsync();
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow().AddDays(100)); // not step by step: every worker would tick a million times
        using var back = Moved(laptop, London); // the jar of a test knows the real time
        await SignInAsync(back);
        Assert.Equal((RiskReasons.Dormant, RiskResponse.Mail), await LastAsync());
    }

    [Fact]
    public async Task The_role_decides_what_a_reason_leads_to()
    {
        await RespondAsync(r => r with { NewDevice = RiskResponse.Note, NewPlace = RiskResponse.Nothing, EverySignIn = RiskResponse.Nothing });
        using var laptop = portal.NewVisitor(London);
        await SignInAsync(laptop);
        using var phone = portal.NewVisitor(London);
        await SignInAsync(phone);
        Assert.Equal((RiskReasons.NewDevice, RiskResponse.Note), await LastAsync());
        Assert.Empty(await portal.MailsAsync());

        await RespondAsync(r => r with { EverySignIn = RiskResponse.Mail });
        await SignInAsync(phone);
        Assert.Equal((RiskReasons.None, RiskResponse.Mail), await LastAsync());
        Assert.Contains("every sign-in", Assert.Single(await portal.MailsAsync()).TextBody, StringComparison.Ordinal);
        Assert.Contains(await portal.AuditAsync(AuditNames.SessionLimitChanged), e => e.Reason!.Contains("EverySignIn Mail", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("Check", "S12")]
    public async Task A_remembered_browser_is_asked_for_its_code_when_it_is_too_far_or_was_forgotten_and_not_otherwise()
    {
        var (key, _) = await portal.EnrolAsync(ada);
        using var laptop = portal.NewVisitor(London);
        await SignInAsync(laptop);
        await laptop.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", portal.CodeOf(key)), ("Input.RememberMachine", "True"));
        await laptop.SignOutAsync();
        Assert.Equal("/sessions", await WhereToAsync(laptop));

        using var abroad = Moved(laptop, Sydney);
        await abroad.SignOutAsync();
        Assert.StartsWith("/Account/LoginWith2fa", await WhereToAsync(abroad), StringComparison.Ordinal);

        await portal.InDatabaseAsync(db => db.Devices.ExecuteDeleteAsync());
        await laptop.SignOutAsync();
        Assert.StartsWith("/Account/LoginWith2fa", await WhereToAsync(laptop), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S51")]
    public async Task Without_a_location_file_nothing_is_far_and_no_place_is_new()
    {
        await using var blind = new PortalFactory().With("Locations:Databases:0", places + ".missing");
        await blind.AddUserAsync(Ada);
        using var laptop = blind.NewVisitor(London);
        await laptop.SignInAsync(Ada);
        blind.Clock.Advance(TimeSpan.FromMinutes(1));
        using var phone = blind.NewVisitor(Sydney);
        await phone.SignInAsync(Ada);
        Assert.Equal(RiskReasons.NewDevice, (await blind.ActiveSessionsAsync(Ada)).MaxBy(s => s.StartedAt)!.RiskReasons);
    }

    private async Task<string> WhereToAsync(Visitor visitor)
    {
        using var answer = await SignInAsync(visitor);
        return answer.Headers.Location!.PathAndQuery();
    }

    // A minute later, so that there is an order.
    private Task<HttpResponseMessage> SignInAsync(Visitor visitor)
    {
        portal.Clock.Advance(TimeSpan.FromMinutes(1));
        return visitor.SignInAsync(Ada);
    }

    private async Task FailAsync(string from)
    {
        portal.Clock.Advance(TimeSpan.FromSeconds(1));
        using var guesser = portal.NewVisitor(from);
        for (var i = 0; i < SignInDecision.ManyFailures; i++)
        {
            await guesser.SignInAsync(Ada, "not the right password");
        }
    }

    private async Task RespondAsync(Func<RiskResponses, RiskResponses> change)
    {
        var limits = portal.Services.GetRequiredService<RoleLimits>();
        var rules = (await limits.ListAsync(default)).Single(r => r.Role == Roles.User).Rules;
        await limits.ChangeAsync(Roles.User, rules with { Responses = change(rules.Responses) }, enforceNow: false, Actor.Operator, default);
    }

    private async Task<(RiskReasons Reasons, RiskResponse Response)> LastAsync()
    {
        var last = (await portal.Services.GetRequiredService<SessionList>().HistoryAsync(ada.Id, 10, default)).MaxBy(s => s.StartedAt)!;
        return (last.RiskReasons, last.RiskResponse);
    }

    private Visitor Moved(Visitor visitor, string ipAddress)
    {
        var moved = portal.NewVisitor(ipAddress);
        foreach (Cookie cookie in visitor.Cookies.GetAllCookies())
        {
            moved.PlantCookie(cookie.Name, cookie.Value);
        }

        return moved;
    }
}
