using System.Security.Claims;
using Bunit;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Components.My;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor.Services;
using Xunit;

namespace ConcurrentSessions.Tests.Components;

/// <summary>The page on the portal's real services and a database of its own.</summary>
public sealed class SessionsPageTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private readonly BunitContext bunit = new();
    private readonly List<Visitor> visitors = [];
    private PortalUser ada = null!;
    private Bunit.TestDoubles.BunitAuthorizationContext who = null!;

    public async ValueTask InitializeAsync()
    {
        ada = await portal.AddUserAsync("ada@portal.example");
        bunit.JSInterop.Mode = JSRuntimeMode.Loose;
        bunit.Services.AddMudServices();
        bunit.Services.AddSingleton<TimeProvider>(portal.Clock);
        bunit.Services.AddSingleton(portal.Services.GetRequiredService<SessionList>());
        bunit.Services.AddSingleton(portal.Services.GetRequiredService<SessionEnder>());
        bunit.Services.AddSingleton(portal.Services.GetRequiredService<RoleLimits>());
        bunit.Services.AddSingleton(portal.Services.GetRequiredService<UsualPlaces>());
        bunit.Services.AddSingleton(portal.Services.GetRequiredService<KeptSessions>());
        bunit.Services.AddSingleton(portal.Services.GetRequiredService<ISessionSignal>());
        who = bunit.AddAuthorization();
        bunit.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public async ValueTask DisposeAsync()
    {
        await bunit.DisposeAsync();
        visitors.ForEach(v => v.Dispose());
        await portal.DisposeAsync();
    }

    [Fact]
    public async Task A_single_session_is_said_to_be_the_only_one()
    {
        var page = Open(await SignInAsync());
        Assert.Contains("This is your only session", page.Markup, StringComparison.Ordinal);
        Assert.Contains("1 of 3 sessions in use", page.Find("#seats").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign out all other devices", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_session_appears_by_itself_and_is_announced()
    {
        var page = Open(await SignInAsync());
        await SignInAsync();
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("li").Count));
        Assert.Equal("New session: Firefox on Linux.", page.Find("[aria-live]").TextContent);
    }

    [Fact]
    public async Task A_session_ended_elsewhere_disappears_by_itself_and_is_announced()
    {
        var (here, there) = (await SignInAsync(), await SignInAsync());
        var page = Open(here);
        await portal.Services.GetRequiredService<SessionEnder>()
            .EndOneAsync(ada.Id, there.Id, EndReason.SignedOut, Web.Audit.Actor.Portal, default);
        page.WaitForAssertion(() => Assert.Single(page.FindAll("li")));
        Assert.Equal("Session ended: Firefox on Linux.", page.Find("[aria-live]").TextContent);
    }

    [Fact]
    public async Task One_press_ends_a_session_in_the_name_of_the_person_and_their_session()
    {
        var (here, there) = (await SignInAsync(), await SignInAsync());
        var page = Open(here);
        await page.InvokeAsync(() => page.FindAll($"#session-{there.Id} button").Single(b => b.TextContent.Trim() == "Sign out").Click());
        page.WaitForAssertion(() => Assert.Single(page.FindAll("li")));
        var ended = await portal.Services.GetRequiredService<SessionList>().FindAsync(there.Id, default);
        Assert.Equal((EndReason.Revoked, ada.Id, here.Id), (ended!.EndReason, ended.EndedBy, ended.EndedFrom));
    }

    [Fact]
    public async Task Signing_out_all_others_after_the_proof_has_grown_old_asks_for_a_new_one_and_ends_nothing()
    {
        var (here, _) = (await SignInAsync(), await SignInAsync());
        var page = Open(here);
        portal.Clock.Advance(Session.FreshProof + TimeSpan.FromSeconds(1));
        await page.InvokeAsync(() => page.FindAll("button").Single(b => b.TextContent.Trim() == "Sign out all other devices").Click());
        Assert.EndsWith("/Account/Reauthenticate?ReturnUrl=%2Fsessions%3Fthen%3Dend-others",
            bunit.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.Equal(2, (await portal.ActiveSessionsAsync(ada.Email!)).Count);
    }

    [Fact]
    [Trait("Check", "S29")]
    public async Task One_device_at_a_time_is_kept_and_can_be_let_go()
    {
        var (here, there) = (await SignInAsync(), await SignInAsync());
        var page = Open(here);
        await PressAsync(page, there, "Keep this device");
        page.WaitForAssertion(() => Assert.Contains("Kept", page.Find($"#session-{there.Id} .session-heading").TextContent, StringComparison.Ordinal));
        await PressAsync(page, here, "Keep this device");
        page.WaitForAssertion(() => Assert.Contains("Kept", page.Find($"#session-{here.Id} .session-heading").TextContent, StringComparison.Ordinal));
        Assert.DoesNotContain("Kept", page.Find($"#session-{there.Id} .session-heading").TextContent, StringComparison.Ordinal);
        await PressAsync(page, here, "Keep no longer");
        page.WaitForAssertion(() => Assert.DoesNotContain("Kept", page.Find($"#session-{here.Id} .session-heading").TextContent, StringComparison.Ordinal));
        var trail = (await portal.AuditAsync()).Where(e => e.Name.StartsWith("session_kept", StringComparison.Ordinal)).ToList();
        Assert.Equal(["session_kept", "session_kept", "session_kept_no_more"], trail.Select(e => e.Name));
        Assert.All(trail, e => Assert.Equal((ada.Id, here.Id.Value), (e.ActorId, e.ActorSessionId)));
    }

    private static Task PressAsync(IRenderedComponent<SessionsPage> page, SessionView session, string name) =>
        page.InvokeAsync(() => page.FindAll($"#session-{session.Id} button").Single(b => b.TextContent.Trim() == name).Click());

    private async Task<SessionView> SignInAsync()
    {
        var before = (await portal.ActiveSessionsAsync(ada.Email!)).Select(s => s.Id).ToHashSet();
        visitors.Add(portal.NewVisitor());
        (await visitors[^1].SignInAsync(ada.Email!)).Dispose();
        return (await portal.ActiveSessionsAsync(ada.Email!)).Single(s => !before.Contains(s.Id));
    }

    private IRenderedComponent<SessionsPage> Open(SessionView here)
    {
        who.SetAuthorized(ada.Email!);
        who.SetClaims(
            new Claim(ClaimTypes.NameIdentifier, ada.Id),
            new Claim(SessionClaims.SessionId, here.Id.ToString()),
            new Claim(SessionClaims.ProvedAt, here.ProvedAt.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return bunit.Render<SessionsPage>();
    }
}
