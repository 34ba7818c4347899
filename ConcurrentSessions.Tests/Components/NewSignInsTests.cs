using System.Globalization;
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

/// <summary>The notices of an open page, on the portal's real services and a database of its own.</summary>
[Trait("Check", "S04")]
public sealed class NewSignInsTests : IAsyncLifetime
{
    private const string London = "81.2.69.142";

    private readonly string locations = Path.Combine(Path.GetTempPath(), $"places-{Guid.NewGuid():N}.mmdb");
    private readonly PortalFactory portal = new();
    private readonly BunitContext bunit = new();
    private readonly List<Visitor> visitors = [];
    private PortalUser ada = null!;
    private SessionView here = null!;
    private Bunit.TestDoubles.BunitAuthorizationContext who = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllBytesAsync(locations, TinyMmdb.TwoPlaces);
        portal.With("Locations:Databases:0", locations);
        ada = await portal.AddUserAsync("ada@portal.example");
        await portal.LimitAsync(Roles.User, null);
        bunit.JSInterop.Mode = JSRuntimeMode.Loose;
        bunit.Services.AddMudServices();
        bunit.Services.AddSingleton<TimeProvider>(portal.Clock);
        bunit.Services.AddSingleton(portal.Services.GetRequiredService<SessionList>());
        bunit.Services.AddSingleton(portal.Services.GetRequiredService<SessionEnder>());
        bunit.Services.AddSingleton(portal.Services.GetRequiredService<UsualPlaces>());
        bunit.Services.AddSingleton(portal.Services.GetRequiredService<ISessionSignal>());
        who = bunit.AddAuthorization();
        bunit.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        here = await SignInAsync(portal.NewVisitor());
    }

    public async ValueTask DisposeAsync()
    {
        await bunit.DisposeAsync();
        visitors.ForEach(v => v.Dispose());
        await portal.DisposeAsync();
        File.Delete(locations);
    }

    [Fact]
    public async Task A_stranger_who_signs_in_is_named_and_can_be_signed_out_with_one_press()
    {
        var notices = Open();
        var stranger = await SignInAsync(portal.NewVisitor(London));
        var text = await notices.WaitForElementAsync("p");
        Assert.Contains("New sign-in: Firefox on Linux, London, England, United Kingdom, just now", Words(text.TextContent), StringComparison.Ordinal);
        Assert.Equal("status", notices.Find(".new-sign-ins").GetAttribute("role"));

        await PressAsync(notices, "Sign it out");
        notices.WaitForAssertion(() => Assert.Empty(notices.FindAll("section")));
        var ended = await portal.Services.GetRequiredService<SessionList>().FindAsync(stranger.Id, default);
        Assert.Equal((EndReason.Revoked, ada.Id, here.Id), (ended!.EndReason, ended.EndedBy, ended.EndedFrom));
    }

    [Fact]
    public async Task Who_says_it_was_me_ends_nothing_and_sees_the_notice_no_more()
    {
        var notices = Open();
        await SignInAsync(portal.NewVisitor());
        await notices.WaitForElementAsync("section");
        await PressAsync(notices, "It was me");
        Assert.Empty(notices.FindAll("section"));
        Assert.Equal(2, (await portal.ActiveSessionsAsync(ada.Email!)).Count);
    }

    [Fact]
    public async Task A_sign_in_in_a_new_place_can_be_called_usual_in_the_same_press()
    {
        var notices = Open();
        await SignInAsync(portal.NewVisitor(London));
        await notices.WaitForElementAsync("section");
        await PressAsync(notices, "It was me, and this place is usual");
        notices.WaitForAssertion(() => Assert.Empty(notices.FindAll("section")));
        Assert.NotEmpty(await portal.Services.GetRequiredService<UsualPlaces>().ListAsync(ada.Id, default));
    }

    [Fact]
    public async Task Signing_it_out_with_an_old_proof_asks_for_a_new_one_and_ends_nothing()
    {
        var notices = Open();
        portal.Clock.Advance(Session.FreshProof + TimeSpan.FromSeconds(1));
        await SignInAsync(portal.NewVisitor());
        await notices.WaitForElementAsync("section");
        await PressAsync(notices, "Sign it out");
        Assert.EndsWith("/Account/Reauthenticate?ReturnUrl=%2Fsessions",
            bunit.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.Equal(2, (await portal.ActiveSessionsAsync(ada.Email!)).Count);
    }

    [Fact]
    public async Task A_notice_goes_when_its_session_ends()
    {
        var notices = Open();
        var stranger = await SignInAsync(portal.NewVisitor());
        await notices.WaitForElementAsync("section");
        await portal.Services.GetRequiredService<SessionEnder>()
            .EndOneAsync(ada.Id, stranger.Id, EndReason.SignedOut, Web.Audit.Actor.Portal, default);
        notices.WaitForAssertion(() => Assert.Empty(notices.FindAll("section")));
    }

    [Fact]
    public async Task Of_five_sign_ins_three_are_shown_and_the_rest_counted()
    {
        var notices = Open();
        for (var i = 0; i < 5; i++)
        {
            await SignInAsync(portal.NewVisitor());
        }

        notices.WaitForAssertion(() => Assert.Contains("and 2 more", notices.Markup, StringComparison.Ordinal));
        Assert.Equal(3, notices.FindAll("section").Count);
        Assert.Equal("/sessions", notices.Find(".new-sign-ins-more a").GetAttribute("href"));
    }

    [Fact]
    public async Task A_browser_that_signs_in_again_is_no_news()
    {
        var phone = portal.NewVisitor();
        await SignInAsync(phone);
        var notices = Open();
        await SignInAsync(phone);
        await SignInAsync(portal.NewVisitor());
        await notices.WaitForElementAsync("section"); // of the last one only: they are told in their order
        Assert.Single(notices.FindAll("section"));
    }

    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static Task PressAsync(IRenderedComponent<NewSignIns> notices, string name) =>
        notices.InvokeAsync(() => notices.FindAll("button").Single(b => b.TextContent.Trim() == name).Click());

    private async Task<SessionView> SignInAsync(Visitor visitor)
    {
        var before = (await portal.ActiveSessionsAsync(ada.Email!)).Select(s => s.Id).ToHashSet();
        visitors.Add(visitor);
        (await visitor.SignInAsync(ada.Email!)).Dispose();
        return (await portal.ActiveSessionsAsync(ada.Email!)).Single(s => !before.Contains(s.Id));
    }

    private IRenderedComponent<NewSignIns> Open()
    {
        who.SetAuthorized(ada.Email!);
        who.SetClaims(
            new Claim(ClaimTypes.NameIdentifier, ada.Id),
            new Claim(SessionClaims.SessionId, here.Id.ToString()),
            new Claim(SessionClaims.ProvedAt, here.ProvedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        return bunit.Render<NewSignIns>();
    }
}
