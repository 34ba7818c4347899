using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Who loses a session to somebody else is told by mail; who ends one themselves knows.</summary>
[Trait("Check", "S21")]
public sealed class SessionNoticeTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";

    private readonly PortalFactory portal = new();
    private readonly List<Visitor> visitors = [];
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync(Ada);

    public ValueTask DisposeAsync()
    {
        visitors.ForEach(v => v.Dispose());
        return portal.DisposeAsync();
    }

    [Fact]
    public async Task A_newcomer_who_takes_a_seat_is_one_mail_that_names_what_ended_for_it()
    {
        await portal.LimitAsync(Roles.User, 1, WhenFull.EvictLeastRecent);
        await SignInAsync("203.0.113.7");
        await SignInAsync("198.51.100.9");
        var mail = Assert.Single(await portal.MailsAsync());
        Assert.Contains("New sign-in", mail.Subject, StringComparison.Ordinal);
        Assert.Contains("Signed out to make room: Firefox on Linux", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_known_device_that_takes_a_seat_is_a_mail_about_the_session_that_ended()
    {
        await portal.LimitAsync(Roles.User, 2, WhenFull.EvictLeastRecent);
        var laptop = await SignInAsync("203.0.113.7");
        var phone = await SignInAsync("198.51.100.9");
        await portal.LimitAsync(Roles.User, 1, WhenFull.EvictLeastRecent);
        await laptop.SignOutAsync();
        await portal.ForgetMailsAsync();
        portal.Clock.Advance(TimeSpan.FromMinutes(1));
        await laptop.SignInAsync(Ada);

        var mail = Assert.Single(await portal.MailsAsync());
        Assert.Equal("ConcurrentSessions: A session made room for a sign-in from Firefox on Linux", mail.Subject);
        Assert.Contains("203.0.113.7", mail.TextBody, StringComparison.Ordinal);
        Assert.False(await phone.IsSignedInAsync());

        await visitors[^1].SubmitAsync(mail.LinkTo("/Account/NotMe"), "not-me");
        Assert.False(await laptop.IsSignedInAsync()); // the mail is about the newcomer
    }

    [Fact]
    public async Task An_administrator_who_ends_sessions_is_one_mail_however_many_they_were()
    {
        await portal.LimitAsync(Roles.User, null);
        await SignInAsync("203.0.113.7");
        await SignInAsync("198.51.100.9");
        await portal.ForgetMailsAsync();
        await portal.Services.GetRequiredService<UserAdministration>().EndAllSessionsAsync(ada.Id, Actor.Operator, default);
        var mail = Assert.Single(await portal.MailsAsync());
        Assert.Equal("ConcurrentSessions: An administrator ended 2 of your sessions", mail.Subject);
        Assert.NotEmpty(mail.LinkTo("/Account/NotMe"));
    }

    [Fact]
    public async Task A_limit_that_is_lowered_at_once_is_told_to_whom_it_signs_out()
    {
        await portal.LimitAsync(Roles.User, null);
        await SignInAsync("203.0.113.7");
        await SignInAsync("198.51.100.9");
        await portal.ForgetMailsAsync();
        await portal.Services.GetRequiredService<RoleLimits>().ChangeAsync(
            Roles.User, new SessionSettings().Rules() with { Limit = SessionLimit.Of(1, WhenFull.Ask) }, enforceNow: true, Actor.Operator, default);
        Assert.Contains("Fewer sessions at once are allowed", Assert.Single(await portal.MailsAsync()).TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_people_end_themselves_is_no_mail()
    {
        await portal.LimitAsync(Roles.User, null);
        var laptop = await SignInAsync("203.0.113.7");
        await SignInAsync("198.51.100.9");
        await portal.ForgetMailsAsync();
        using var answer = await laptop.DeleteAsync("/api/sessions");
        Assert.True(answer.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.OK, $"{answer.StatusCode}");
        await laptop.SignOutAsync();
        Assert.Empty(await portal.MailsAsync());
    }

    private async Task<Visitor> SignInAsync(string ipAddress)
    {
        visitors.Add(portal.NewVisitor(ipAddress));
        portal.Clock.Advance(TimeSpan.FromSeconds(1));
        await visitors[^1].SignInAsync(Ada);
        return visitors[^1];
    }
}
