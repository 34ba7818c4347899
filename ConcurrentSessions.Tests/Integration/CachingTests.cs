using System.Net;
using System.Reflection;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What a signed-in user has seen stays in no cache, and the browser is told to forget it when they leave.</summary>
[Trait("Check", "S42")]
public sealed class CachingTests : IAsyncLifetime
{
    private const string Grace = "grace@portal.example";
    private const string Forget = "\"cache\", \"storage\"";

    private readonly PortalFactory portal = new();
    private Visitor grace = null!;

    public async ValueTask InitializeAsync()
    {
        await portal.AddUserAsync(Grace, Roles.Admin, Roles.User);
        grace = portal.NewVisitor();
        await grace.SignInAsync(Grace);
    }

    public async ValueTask DisposeAsync()
    {
        grace.Dispose();
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task Every_page_and_every_answer_for_a_signed_in_user_is_stored_nowhere()
    {
        var pages = typeof(Program).Assembly.GetTypes().SelectMany(t => t.GetCustomAttributes<RouteAttribute>()).Select(r => r.Template).Where(t => !t.Contains('{', StringComparison.Ordinal)).ToList();
        Assert.InRange(pages.Count, 30, 200);
        foreach (var path in pages.Concat(["/api/session", "/api/sessions", "/api/admin/sessions", "/openapi/v1.json", "/nowhere", "/api/nowhere"]))
        {
            using var answer = await grace.GetAsync(path);
            Assert.True(answer.Headers.CacheControl?.NoStore, $"{path} ({answer.StatusCode}): {answer.Headers.CacheControl}");
        }
    }

    [Fact]
    public async Task Signing_out_has_the_browser_forget_the_pages_but_not_the_device()
    {
        var device = grace.Cookie(BrowserCookies.Device);
        using var answer = await grace.SignOutAsync();
        Assert.Equal(Forget, Assert.Single(answer.Headers.GetValues("Clear-Site-Data")));
        Assert.Equal(device, grace.Cookie(BrowserCookies.Device));
        Assert.Null(grace.Cookie(BrowserCookies.Session));
    }

    [Fact]
    public async Task Ending_ones_own_session_by_the_API_does_too()
    {
        var own = Assert.Single(await portal.ActiveSessionsAsync(Grace)).Id;
        using var answer = await grace.DeleteAsync($"/api/sessions/{own}");
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(Forget, Assert.Single(answer.Headers.GetValues("Clear-Site-Data")));
    }

    [Fact]
    public async Task A_browser_whose_session_was_ended_elsewhere_forgets_when_it_hears_of_it()
    {
        using var phone = portal.NewVisitor();
        await phone.SignInAsync(Grace);
        using var living = await phone.GetAsync("/Account/SignedOut");
        Assert.False(living.Headers.Contains("Clear-Site-Data"));
        await grace.DeleteAsync("/api/sessions");
        using var answer = await phone.GetAsync("/Account/SignedOut");
        Assert.Equal(Forget, Assert.Single(answer.Headers.GetValues("Clear-Site-Data")));
        using var stranger = portal.NewVisitor();
        using var nobodys = await stranger.GetAsync("/Account/SignedOut");
        Assert.False(nobodys.Headers.Contains("Clear-Site-Data"));
    }

    [Fact]
    [Trait("Check", "S01")]
    public async Task A_copied_cookie_is_dead_on_every_node_at_once_and_after_both_have_started_again()
    {
        var key = grace.Cookie(BrowserCookies.Session)!;
        await using (var other = portal.AnotherNode())
        {
            using var thief = portal.NewVisitor();
            thief.PlantCookie(BrowserCookies.Session, key);
            using var thiefThere = thief.At(other);
            Assert.True(await thiefThere.IsSignedInAsync());
            await grace.SignOutAsync();
            Assert.False(await thief.IsSignedInAsync());
            await portal.UntilAsync(async () => !await thiefThere.IsSignedInAsync());
        }

        await using var restarted = portal.AnotherNode();
        using var later = restarted.NewVisitor();
        later.PlantCookie(BrowserCookies.Session, key);
        Assert.False(await later.IsSignedInAsync());
        using var data = await later.GetAsync("/api/sessions");
        Assert.Equal(HttpStatusCode.Unauthorized, data.StatusCode);
    }

    [Fact]
    [Trait("Check", "S24")]
    public async Task A_cookie_is_known_by_its_exact_name_alone()
    {
        var key = grace.Cookie(BrowserCookies.Session)!;
        foreach (var name in new[] { "%5F%5FHost-session", "__Host%2Dsession", "__Host-session%20", "session", "__Secure-session" })
        {
            using var stranger = portal.NewVisitor();
            stranger.Headers.Add("Cookie", $"{name}={key}");
            Assert.False(await stranger.IsSignedInAsync(), name);
        }
    }
}
