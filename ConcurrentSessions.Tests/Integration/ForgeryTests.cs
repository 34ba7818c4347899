using System.Net;
using System.Text.RegularExpressions;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What the portal did not ask for itself changes nothing: on every route that takes a post, as the portal itself lists them.</summary>
[Trait("Check", "S16")]
public sealed partial class ForgeryTests : IAsyncLifetime
{
    private const string Grace = "grace@portal.example";

    /// <summary>Guarded by the Origin header, or harmless: a report is only logged.</summary>
    private static readonly string[] WithoutForms = ["/_blazor", "/_framework", "/reports/csp"];

    private readonly PortalFactory portal = new();
    private Visitor grace = null!;

    public async ValueTask InitializeAsync()
    {
        await portal.AddUserAsync(Grace, Roles.Admin, Roles.User);
        await portal.AddUserAsync("mallory@portal.example");
        grace = portal.NewVisitor();
        await grace.SignInAsync(Grace);
    }

    public async ValueTask DisposeAsync()
    {
        grace.Dispose();
        await portal.DisposeAsync();
    }

    [Fact]
    [Trait("Check", "M18")]
    public async Task A_post_without_a_token_or_with_one_of_somebody_else_changes_nothing()
    {
        using var mallory = portal.NewVisitor();
        var ofStranger = await TokenAsync(mallory, "/Account/Login");
        await mallory.SignInAsync("mallory@portal.example");
        var ofMallory = await TokenAsync(mallory, "/Account/Manage");
        var before = await StateAsync();
        var routes = Routes("POST");
        Assert.Contains("/Account/Logout", routes);
        Assert.Contains("/Account/Login", routes);
        Assert.Contains("/Account/Manage/ChangePassword", routes);
        Assert.InRange(routes.Count, 25, 200);
        foreach (var route in routes)
        {
            foreach (var token in new[] { null, "", "forged", ofStranger, ofMallory })
            {
                using var answer = await grace.PostAsync(route, [.. Fields(), .. token is null ? [] : new[] { ("__RequestVerificationToken", token) }]);
                Assert.True(answer.StatusCode is HttpStatusCode.BadRequest, $"POST {route} with the token '{token}' was answered {answer.StatusCode}");
            }
        }

        Assert.True(await grace.IsSignedInAsync());
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task A_call_of_the_API_that_comes_from_elsewhere_changes_nothing()
    {
        var before = await StateAsync();
        foreach (var method in new[] { "PUT", "DELETE", "PATCH" })
        {
            foreach (var route in Routes(method))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), route);
                request.Headers.Add("Origin", "https://evil.example");
                using var answer = await grace.SendAsync(request);
                Assert.True(answer.StatusCode is HttpStatusCode.BadRequest, $"{method} {route} was answered {answer.StatusCode}");
            }
        }

        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Reading_changes_nothing_so_that_a_scanner_of_mails_may_open_every_link()
    {
        await portal.AsIdentityAsync(async users =>
        {
            var newcomer = new PortalUser { UserName = "new@portal.example", Email = "new@portal.example" };
            return await users.CreateAsync(newcomer, PortalFactory.Password);
        });
        using (var stranger = portal.NewVisitor())
        {
            await stranger.SubmitAsync("/Account/ResendEmailConfirmation", "resend-email-confirmation", ("Input.Email", "new@portal.example"));
            await stranger.SubmitAsync("/Account/ForgotPassword", "forgot-password", ("Input.Email", Grace));
        }

        var links = (await portal.MailsAsync()).SelectMany(m => Link().Matches(m.TextBody!)).Select(m => new Uri(m.Value).PathAndQuery).ToList();
        Assert.Contains(links, l => l.StartsWith("/Account/ConfirmEmail", StringComparison.Ordinal));
        Assert.Contains(links, l => l.StartsWith("/Account/ResetPassword", StringComparison.Ordinal));
        var before = await StateAsync();
        foreach (var path in Routes("GET").Concat(Routes("POST")).Concat(links).Append("/Account/Logout?returnUrl=/"))
        {
            using var answer = await grace.GetAsync(path);
            Assert.True((int)answer.StatusCode < 500, $"GET {path} was answered {answer.StatusCode}");
        }

        Assert.True(await grace.IsSignedInAsync());
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task A_form_opened_before_somebody_signed_in_here_is_refused_in_words_with_a_way_on()
    {
        using var browser = portal.NewVisitor();
        var stale = await browser.OpenFormAsync("/Account/Login?ReturnUrl=%2Fsessions", "login");
        await browser.SignInAsync(Grace);
        using var answer = await browser.PostAsync("/Account/Login?ReturnUrl=%2Fsessions", [.. stale, ("Input.Email", "mallory@portal.example"), ("Input.Password", PortalFactory.Password)]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains("The form was too old, or it was opened while somebody else was signed in here. Nothing was changed.", html, StringComparison.Ordinal);
        Assert.Contains("href=\"/Account/Login?ReturnUrl=%2Fsessions\"", html, StringComparison.Ordinal);
        Assert.Contains(Grace, html, StringComparison.Ordinal);
        Assert.Empty(await portal.ActiveSessionsAsync("mallory@portal.example"));
        var fresh = Token().Match(html).Groups["token"].Value;
        using var signedOut = await browser.PostAsync("/Account/Logout", ("__RequestVerificationToken", WebUtility.HtmlDecode(fresh)));
        Assert.Equal(HttpStatusCode.Found, signedOut.StatusCode);
        Assert.False(await browser.IsSignedInAsync());
    }

    /// <summary>Addresses of every endpoint that takes the method, their variable parts filled in.</summary>
    private List<string> Routes(string method) =>
    [
        .. portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>() is { } allowed && allowed.HttpMethods.Contains(method))
            .Select(e => "/" + Variable().Replace(e.RoutePattern.RawText!, "5b0c8f0e-1d2c-4a55-9a3e-0b6f6f6f6f6f").TrimStart('/'))
            .Where(r => !WithoutForms.Any(w => r.StartsWith(w, StringComparison.Ordinal)))
            .Where(r => !(method is "POST" && r.StartsWith("/api", StringComparison.Ordinal)) || r is "/api/session/activity")
            .Distinct(),
    ];

    /// <summary>Everything a forged request could want to change; not when somebody was last seen, nor a key offered to an authenticator and not yet used.</summary>
    // That something was refused, or taken along, is written down and changes nothing.
    private static readonly string[] Notes = [AuditNames.FormRefused, AuditNames.ForeignOrigin, AuditNames.HistoryExported, ExplorerEvents.Exported];

    private Task<string> StateAsync() => portal.InDatabaseAsync(async db => string.Join('\n',
    [
        .. await db.Users.OrderBy(u => u.Id).Select(u => u.Id + u.Email + u.EmailConfirmed + u.PasswordHash + u.TwoFactorEnabled + u.SecurityStamp + u.Generation).ToListAsync(),
        .. await db.UserRoles.OrderBy(r => r.UserId).ThenBy(r => r.RoleId).Select(r => r.UserId + r.RoleId).ToListAsync(),
        .. (await db.Sessions.OrderBy(s => s.StartedAt).Select(s => new { s.Id, s.EndReason }).ToListAsync()).Select(s => s.ToString()!),
        .. (await db.Outbox.Select(m => m.Id).ToListAsync()).Select(id => id.ToString()).Order(),
        .. (await db.AuditEvents.Where(e => !Notes.Contains(e.Name)).OrderBy(e => e.Sequence).Select(e => e.Name).ToListAsync()),
    ]));

    private static (string, string)[] Fields() =>
    [
        ("_handler", "login"), ("Input.Email", "mallory@portal.example"), ("Input.Password", PortalFactory.Password),
        ("Input.OldPassword", PortalFactory.Password), ("Input.NewPassword", "an attacker's password"), ("Input.ConfirmPassword", "an attacker's password"),
    ];

    private static async Task<string> TokenAsync(Visitor visitor, string path) => (await visitor.OpenFormAsync(path, "")).Single(f => f.Name == "__RequestVerificationToken").Value;

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Link();

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
