using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Alerts;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>“This wasn't me”, from the link of a mail and from inside the portal.</summary>
public sealed class NotMeTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";
    private const string Boss = "boss@portal.example";
    private const string Page = "/Account/NotMe";

    private readonly PortalFactory portal = new();
    private readonly List<Visitor> visitors = [];
    private PortalUser ada = null!;
    private Visitor laptop = null!;
    private Visitor stranger = null!;
    private SessionView strange = null!;
    private string link = "";

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync(Ada);
        await portal.AddUserAsync(Boss, Roles.Admin);
        await portal.LimitAsync(Roles.User, null);
        (laptop, stranger) = (New("203.0.113.7"), New("198.51.100.9"));
        await laptop.SignInAsync(Ada);
        portal.Clock.Advance(TimeSpan.FromMinutes(1));
        await stranger.SignInAsync(Ada);
        strange = (await portal.ActiveSessionsAsync(Ada)).Single(s => s.IpAddress == "198.51.100.9");
        link = Assert.Single(await portal.MailsAsync(Ada, "New sign-in")).LinkTo(Page);
    }

    public ValueTask DisposeAsync()
    {
        visitors.ForEach(v => v.Dispose());
        return portal.DisposeAsync();
    }

    [Fact]
    [Trait("Check", "S16")]
    public async Task Whoever_only_fetches_the_link_sees_the_sign_in_and_changes_nothing()
    {
        var scanner = New();
        using var shown = await scanner.GetAsync(link);
        var html = await shown.Content.ReadAsStringAsync(Ct);
        Assert.Contains("198.51.100.9", html, StringComparison.Ordinal);
        Assert.Contains("Firefox on Linux", html, StringComparison.Ordinal);
        Assert.Contains("same-origin", shown.Headers.GetValues("Referrer-Policy"));
        Assert.DoesNotContain(Ada, html, StringComparison.Ordinal);
        foreach (var method in new[] { HttpMethod.Head, HttpMethod.Get, HttpMethod.Options })
        {
            using var request = new HttpRequestMessage(method, link);
            request.Headers.Add("Sec-Purpose", "prefetch");
            using var answer = await scanner.SendAsync(request);
            Assert.InRange((int)answer.StatusCode, 200, 405);
        }

        Assert.True(await stranger.IsSignedInAsync());
        Assert.Empty(await portal.AuditAsync(AuditNames.SignInReported));
    }

    [Fact]
    [Trait("Check", "S16")]
    public async Task A_scanner_that_submits_all_it_finds_ends_that_session_and_nothing_more()
    {
        var scanner = New();
        for (var round = 0; round < 3; round++)
        {
            foreach (var (action, fields) in await FormsAsync(scanner))
            {
                using var answer = await scanner.PostAsync(action, fields);
                Assert.True((int)answer.StatusCode < 400, $"{action} answered {answer.StatusCode}");
            }
        }

        Assert.False(await stranger.IsSignedInAsync());
        Assert.True(await laptop.IsSignedInAsync());
        Assert.True(await SignsInAsync(PortalFactory.Password));
        Assert.Empty(await portal.AuditAsync(AuditNames.SignInContained));
        Assert.Empty(await portal.MailsAsync(Ada, "Choose a new password"));
    }

    [Fact]
    public async Task One_press_ends_the_session_forgets_its_device_and_tells_the_administrators()
    {
        using var answer = await New().SubmitAsync(link, "not-me");
        Assert.Contains("The session is over", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.False(await stranger.IsSignedInAsync());
        Assert.True(await laptop.IsSignedInAsync());
        Assert.Equal(EndReason.Disowned, (await SessionAsync()).EndReason);
        Assert.False(await portal.InDatabaseAsync(db => db.Devices.AnyAsync(d => d.Id == strange.DeviceId)));
        var told = Assert.Single(await portal.AuditAsync(AuditNames.SignInReported));
        Assert.Equal((ada.Id, strange.Id.Value, ActorKind.Visitor), (told.SubjectId, told.SessionId, told.ActorKind));
        var alert = Assert.Single(await portal.MailsAsync(Boss, "reported a sign-in"));
        Assert.Contains("198.51.100.9", alert.TextBody, StringComparison.Ordinal);
        Assert.Contains($"Reference: {strange.Id}", alert.TextBody, StringComparison.Ordinal);
        Assert.Contains($"/admin/users/{ada.Id}", alert.TextBody, StringComparison.Ordinal);

        await stranger.SignInAsync(Ada);
        Assert.Equal(2, (await portal.MailsAsync(Ada, "New sign-in")).Count); // the browser is a stranger again
    }

    [Fact]
    public async Task Pressed_by_twenty_at_once_it_happens_once()
    {
        var scanner = New();
        var fields = await scanner.OpenFormAsync(link, "not-me");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => scanner.PostAsync(link, fields)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        Assert.Single(await portal.AuditAsync(AuditNames.SignInReported));
        Assert.Single(await portal.MailsAsync(Boss, "reported a sign-in"));
    }

    [Fact]
    public async Task It_works_after_the_session_has_ended()
    {
        await stranger.SignOutAsync();
        await New().SubmitAsync(link, "not-me");
        Assert.Equal(EndReason.SignedOut, (await SessionAsync()).EndReason);
        Assert.False(await portal.InDatabaseAsync(db => db.Devices.AnyAsync(d => d.Id == strange.DeviceId)));
        Assert.Single(await portal.AuditAsync(AuditNames.SignInReported));
    }

    [Fact]
    public async Task After_seven_days_the_page_says_so_and_its_form_does_nothing()
    {
        var late = New();
        var fields = await late.OpenFormAsync(link, "not-me");
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow() + NotMeLink.Lifetime);
        using var page = await late.GetAsync(link);
        Assert.Contains("This link has expired", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        using var answer = await late.PostAsync(link, fields);
        Assert.True((int)answer.StatusCode < 500, $"{answer.StatusCode}");
        Assert.Empty(await portal.AuditAsync(AuditNames.SignInReported));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?token=")]
    [InlineData("?token=%00")]
    [InlineData("?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("?token=a&token=b")]
    public async Task A_link_that_nobody_was_sent_leads_nowhere(string query)
    {
        using var answer = await New().GetAsync(Page + query);
        Assert.Contains("This link is not valid", await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S16")]
    public async Task A_form_of_another_site_does_nothing()
    {
        using var answer = await New().PostAsync(link, ("_handler", "not-me"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True(await stranger.IsSignedInAsync());
    }

    [Fact]
    public async Task All_devices_are_signed_out_once_when_the_person_says_so()
    {
        await New().SubmitAsync(link, "not-me");
        await New().SubmitAsync(link, "contain", ("Input.EndAll", "True"));
        Assert.Empty(await portal.ActiveSessionsAsync(Ada));
        await laptop.SignInAsync(Ada);
        await New().SubmitAsync(link, "contain", ("Input.EndAll", "True"));
        Assert.True(await laptop.IsSignedInAsync());
        Assert.Single(await portal.AuditAsync(AuditNames.SignInContained));
    }

    [Fact]
    public async Task What_was_not_reported_is_not_contained()
    {
        await New().SubmitAsync(link, "contain", ("Input.EndAll", "True"), ("Input.NewPassword", "True"));
        Assert.True(await laptop.IsSignedInAsync());
        Assert.True(await SignsInAsync(PortalFactory.Password));
    }

    [Fact]
    [Trait("Check", "S39")]
    public async Task The_password_is_void_at_once_and_a_link_goes_to_the_address_on_file_whatever_was_mailed_before()
    {
        for (var asked = 0; asked < 3; asked++)
        {
            await stranger.SubmitAsync("/Account/ForgotPassword", "forgot-password", ("Input.Email", Ada));
        }

        await New().SubmitAsync(link, "not-me");
        using var answer = await New().SubmitAsync(link, "contain", ("Input.NewPassword", "True"));
        Assert.DoesNotContain(Ada, await answer.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.False(await SignsInAsync(PortalFactory.Password));
        var reset = Assert.Single(await portal.MailsAsync(Ada, "Choose a new password")).LinkTo("/Account/ResetPassword");
        await New().SubmitAsync(reset, "reset-password", ("Input.Code", reset.Split("code=")[1]), ("Input.Email", Ada),
            ("Input.Password", "a quite different password"), ("Input.ConfirmPassword", "a quite different password"));
        Assert.True(await SignsInAsync("a quite different password"));
    }

    [Fact]
    public async Task From_inside_the_portal_it_is_the_same_and_ones_own_session_goes_on()
    {
        var notMe = portal.Services.GetRequiredService<NotMe>();
        var mine = (await portal.ActiveSessionsAsync(Ada)).Single(s => s.Id != strange.Id);
        var me = Actor.Person(ada.Id, mine.Id.Value, "203.0.113.7");
        Assert.False(await notMe.ReportAsync(ada.Id, mine.Id, me, default));
        Assert.True(await notMe.ReportAsync(ada.Id, strange.Id, me, default));
        Assert.False(await notMe.ReportAsync(ada.Id, strange.Id, me, default));
        await notMe.ContainAsync(ada.Id, strange.Id, new(EndAll: true, NewPassword: true), me, default);
        Assert.True(await laptop.IsSignedInAsync());
        Assert.False(await stranger.IsSignedInAsync());
        Assert.False(await SignsInAsync(PortalFactory.Password));
        Assert.Contains("in the portal", Assert.Single(await portal.MailsAsync(Boss, "reported a sign-in")).TextBody, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S09")]
    public async Task Nobody_reports_a_sign_in_of_somebody_else()
    {
        var eve = await portal.AddUserAsync("eve@portal.example");
        Assert.False(await portal.Services.GetRequiredService<NotMe>().ReportAsync(eve.Id, strange.Id, Actor.Person(eve.Id, null, null), default));
        Assert.True(await stranger.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S10")]
    public async Task The_database_keeps_no_link_that_works()
    {
        var token = link.Split("token=")[1];
        var hashes = await portal.InDatabaseAsync(db => db.NotMeLinks.Select(l => l.KeyHash).ToListAsync());
        Assert.Equal(43, token.Length); // 256 bits
        Assert.DoesNotContain(token, hashes.Select(h => System.Buffers.Text.Base64Url.EncodeToString(h)));
        Assert.False(await portal.InDatabaseAsync(db => db.Outbox.AnyAsync(m => m.TextBody.Contains(token))));
        Assert.DoesNotContain(await portal.AuditAsync(), e => e.Reason?.Contains(token, StringComparison.Ordinal) is true);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private Visitor New(string? ipAddress = null)
    {
        visitors.Add(portal.NewVisitor(ipAddress));
        return visitors[^1];
    }

    // Each form of the page as a program sends it that knows nothing of it: with what it is filled in with.
    private async Task<List<(string Action, (string, string)[] Fields)>> FormsAsync(Visitor scanner)
    {
        using var page = await scanner.GetAsync(link);
        using var html = new HtmlParser().ParseDocument(await page.Content.ReadAsStringAsync(Ct));
        return [.. html.Forms.Select(form => (form.GetAttribute("action") ?? link, form.QuerySelectorAll<IHtmlInputElement>("input[name]")
            .Where(i => i.Type != "checkbox" || i.IsChecked).Select(i => (i.Name!, i.Value)).ToArray()))];
    }

    private async Task<bool> SignsInAsync(string password)
    {
        var visitor = New();
        await visitor.SignInAsync(Ada, password);
        return await visitor.IsSignedInAsync();
    }

    private async Task<SessionView> SessionAsync() => (await portal.Services.GetRequiredService<SessionList>().FindAsync(strange.Id, default))!;
}
