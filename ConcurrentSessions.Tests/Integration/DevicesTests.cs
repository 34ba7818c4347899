using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A device is a browser of one user: named, described and forgotten by its owner, and never a stranger's way in unseen.</summary>
public sealed class DevicesTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";
    private const string Grace = "grace@portal.example";

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    private Devices Devices => portal.Services.GetRequiredService<Devices>();

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync(Ada);

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task A_name_follows_the_device_to_its_next_sign_in()
    {
        using var laptop = portal.NewVisitor();
        await SignInAsync(laptop);
        Assert.True(DeviceName.TryRead("Work laptop", out var name, out _));
        await Devices.RenameAsync(ada.Id, Assert.Single(await ListAsync()).Id, name, Me(), default);
        await laptop.SignOutAsync();
        await SignInAsync(laptop);
        Assert.Equal("Work laptop", Assert.Single(await portal.ActiveSessionsAsync(Ada)).DeviceName);
        var device = Assert.Single(await ListAsync());
        Assert.Equal(("Work laptop", "Firefox on Linux", true), (device.Name, device.Described, device.IsSignedIn));
    }

    [Fact]
    public async Task Two_users_of_one_browser_have_two_devices_that_the_database_cannot_link()
    {
        var grace = await portal.AddUserAsync(Grace);
        using var shared = portal.NewVisitor();
        await SignInAsync(shared);
        await shared.SignOutAsync();
        await SignInAsync(shared, Grace);
        var rows = await portal.InDatabaseAsync(db => db.Devices.AsNoTracking().ToListAsync());
        Assert.Equal(new[] { ada.Id, grace.Id }.Order(), rows.Select(d => d.UserId).Order());
        Assert.Equal(2, rows.Select(d => Convert.ToHexString(d.KeyHash)).Distinct().Count());
        Assert.DoesNotContain(rows, d => d.KeyHash.AsSpan().SequenceEqual(SessionKey.FromCookie(shared.Cookie("__Host-device"))!.Hash()));
    }

    [Fact]
    public async Task Forgetting_a_device_signs_it_out_is_audited_and_makes_its_next_sign_in_one_of_a_new_device()
    {
        using var laptop = portal.NewVisitor();
        await SignInAsync(laptop);
        using var phone = portal.NewVisitor();
        await SignInAsync(phone);
        await portal.ForgetMailsAsync();
        var sessions = await portal.ActiveSessionsAsync(Ada);
        var (here, there) = (sessions.MinBy(s => s.StartedAt)!, sessions.MaxBy(s => s.StartedAt)!);
        Assert.True(await Devices.ForgetAsync(ada.Id, there.DeviceId, Me(here), default));
        Assert.False(await phone.IsSignedInAsync());
        Assert.True(await laptop.IsSignedInAsync());
        Assert.Single(await ListAsync());
        Assert.Equal("Firefox on Linux", Assert.Single(await portal.AuditAsync(AuditNames.DeviceForgotten)).Reason);

        await SignInAsync(phone);
        Assert.Contains("a new device", Assert.Single(await portal.MailsAsync()).TextBody, StringComparison.Ordinal);
        Assert.Equal(2, (await ListAsync()).Count);
    }

    [Fact]
    public async Task Who_forgets_the_device_they_sit_at_goes_on_there()
    {
        using var laptop = portal.NewVisitor();
        await SignInAsync(laptop);
        var here = Assert.Single(await portal.ActiveSessionsAsync(Ada));
        Assert.True(await Devices.ForgetAsync(ada.Id, here.DeviceId, Me(here), default));
        Assert.True(await laptop.IsSignedInAsync());
        Assert.Empty(await ListAsync());
        Assert.False(await Devices.ForgetAsync(ada.Id, here.DeviceId, Me(here), default));
    }

    [Fact]
    [Trait("Check", "S10")]
    public async Task Somebody_else_s_device_is_not_found_and_an_ended_session_forgets_nothing()
    {
        var grace = await portal.AddUserAsync(Grace);
        using var laptop = portal.NewVisitor();
        await SignInAsync(laptop);
        var session = Assert.Single(await portal.ActiveSessionsAsync(Ada));
        Assert.False(await Devices.ForgetAsync(grace.Id, session.DeviceId, Actor.Person(grace.Id, null, null), default));
        await laptop.SignOutAsync();
        Assert.False(await Devices.ForgetAsync(ada.Id, session.DeviceId, Me(session), default));
        Assert.Single(await ListAsync());
    }

    [Fact]
    [Trait("Check", "S21")]
    public async Task With_all_devices_forgotten_or_expired_the_next_stranger_is_not_taken_for_the_first_one()
    {
        using var laptop = portal.NewVisitor();
        await SignInAsync(laptop);
        await laptop.SignOutAsync();
        await portal.InDatabaseAsync(db => db.Devices.ExecuteDeleteAsync());
        await portal.InDatabaseAsync(db => db.Sessions.ExecuteDeleteAsync());
        using var stranger = portal.NewVisitor();
        await SignInAsync(stranger);
        Assert.Contains("a new device", Assert.Single(await portal.MailsAsync()).TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_everywhere_else_can_forget_every_other_device_with_it()
    {
        using var laptop = portal.NewVisitor();
        await SignInAsync(laptop);
        using var phone = portal.NewVisitor();
        await SignInAsync(phone);
        using var old = portal.NewVisitor();
        await SignInAsync(old);
        await old.SignOutAsync();
        var here = (await portal.ActiveSessionsAsync(Ada)).MinBy(s => s.StartedAt)!;
        var ender = portal.Services.GetRequiredService<SessionEnder>();
        Assert.Equal(1, await ender.EndOthersAsync(ada.Id, here.Id, EndReason.Revoked, Me(here), default, forgetDevices: true));
        Assert.Equal(here.DeviceId, Assert.Single(await ListAsync()).Id);
        Assert.True(await laptop.IsSignedInAsync());
        Assert.False(await phone.IsSignedInAsync());
    }

    [Fact]
    public async Task A_device_whose_cookie_has_expired_is_purged_and_one_in_use_is_not()
    {
        using var laptop = portal.NewVisitor();
        await SignInAsync(laptop);
        using var phone = portal.NewVisitor();
        await SignInAsync(phone);
        var stays = (await portal.ActiveSessionsAsync(Ada)).MaxBy(s => s.StartedAt)!.DeviceId;
        await portal.InDatabaseAsync(db => db.Devices.Where(d => d.Id != stays).ExecuteUpdateAsync(set => set
            .SetProperty(d => d.FirstSeenAt, d => portal.Clock.GetUtcNow().AddDays(-500))
            .SetProperty(d => d.LastSignedInAt, d => portal.Clock.GetUtcNow().AddDays(-401))));
        foreach (var purge in portal.Services.GetServices<IPurge>())
        {
            await portal.InDatabaseAsync(db => purge.PurgeSomeAsync(db, default));
        }

        Assert.Equal(stays, Assert.Single(await ListAsync()).Id);
    }

    [Fact]
    public async Task Client_hints_tell_what_the_user_agent_hides_and_nothing_a_client_invents()
    {
        const string frozen = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
        using var laptop = portal.NewVisitor(userAgent: frozen);
        laptop.Headers.Add("Sec-CH-UA", "\"Google Chrome\";v=\"141\", \"Not?A_Brand\";v=\"8\", \"Chromium\";v=\"141\"");
        laptop.Headers.Add("Sec-CH-UA-Platform", "\"Windows\"");
        laptop.Headers.Add("Sec-CH-UA-Platform-Version", "\"15.0.0\"");
        using (var page = await laptop.GetAsync("/Account/Login"))
        {
            Assert.Contains("Sec-CH-UA-Platform-Version", page.Headers.GetValues("Accept-CH").Single(), StringComparison.Ordinal);
        }

        await SignInAsync(laptop);
        Assert.Equal("Chrome 141 on Windows 11", Assert.Single(await portal.ActiveSessionsAsync(Ada)).DeviceName);

        using var liar = portal.NewVisitor(userAgent: frozen);
        liar.Headers.Add("Sec-CH-UA", "\"<b>Call 0900 555\";v=\"141\"");
        liar.Headers.Add("Sec-CH-UA-Platform", "\"evil.example\"");
        liar.Headers.Add("Sec-CH-UA-Model", "\"www.evil.example/x\"");
        await SignInAsync(liar);
        var told = (await portal.ActiveSessionsAsync(Ada)).MaxBy(s => s.StartedAt)!;
        Assert.Equal(("Chrome on Windows", null), (told.DeviceName, told.Device.Model));
    }

    [Fact]
    public async Task The_page_lists_devices_and_usual_places_to_their_owner_alone()
    {
        using var stranger = portal.NewVisitor();
        using var turnedAway = await stranger.GetAsync("/sessions/devices");
        Assert.Equal(HttpStatusCode.Found, turnedAway.StatusCode);
        using var laptop = portal.NewVisitor();
        await SignInAsync(laptop);
        using var page = await laptop.GetAsync("/sessions/devices");
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("Firefox on Linux", html, StringComparison.Ordinal);
        Assert.Contains("This device", html, StringComparison.Ordinal);
        Assert.Contains("You have called no place usual", html, StringComparison.Ordinal);
    }

    // A minute later, so that there is an order.
    private Task<HttpResponseMessage> SignInAsync(Visitor visitor, string email = Ada)
    {
        portal.Clock.Advance(TimeSpan.FromMinutes(1));
        return visitor.SignInAsync(email);
    }

    private Task<IReadOnlyList<DeviceView>> ListAsync() => Devices.ListAsync(ada.Id, default);

    private Actor Me(SessionView? from = null) => Actor.Person(ada.Id, from?.Id.Value, null);
}
