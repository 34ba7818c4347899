using System.Globalization;
using System.Net;
using System.Text.Json;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using CsvHelper;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>After signing in people see what happened before, and they can take their history with them.</summary>
[Trait("Check", "S59")]
public sealed class OwnHistoryTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync(Ada);

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task After_signing_in_one_sees_the_sign_in_before_what_failed_since_and_what_changed()
    {
        using var laptop = portal.NewVisitor("81.2.69.142");
        await laptop.SignInAsync(Ada);
        var before = portal.Clock.GetUtcNow();
        portal.Clock.Advance(TimeSpan.FromHours(1));
        using var guesser = portal.NewVisitor("198.51.100.66");
        await guesser.SignInAsync(Ada, "not the right password");
        await portal.AsIdentityAsync(async users =>
            await users.ChangePasswordAsync((await users.FindByIdAsync(ada.Id))!, PortalFactory.Password, "another long password"));
        using var phone = portal.NewVisitor();
        await phone.SignInAsync(Ada, "another long password");

        using var page = await phone.GetAsync("/");
        var html = WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
        Assert.Contains(before.ToString("d MMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture), html, StringComparison.Ordinal);
        Assert.Contains($"data-local-time=\"{before:O}\"", html, StringComparison.Ordinal);
        Assert.Contains("with Firefox on Linux, London", html, StringComparison.Ordinal);
        Assert.Contains("1 attempt to sign in as you failed since then", html, StringComparison.Ordinal);
        Assert.Contains("Password changed", html, StringComparison.Ordinal);
        Assert.Contains("This wasn’t me", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_history_is_a_file_of_ones_own_sign_ins_and_failures_and_making_it_is_written_down()
    {
        await portal.AddUserAsync("grace@portal.example");
        using var grace = portal.NewVisitor("198.51.100.7");
        await grace.SignInAsync("grace@portal.example");
        using var laptop = portal.NewVisitor("81.2.69.142");
        await laptop.SignInAsync(Ada);
        portal.Clock.Advance(TimeSpan.FromMinutes(1));
        using var guesser = portal.NewVisitor("198.51.100.66");
        await guesser.SignInAsync(Ada, "not the right password");

        var all = await laptop.JsonAsync<JsonElement[]>("/sessions/history.json");
        Assert.Equal(["Not signed in", "Firefox on Linux"], all!.Select(e => e.GetProperty("device").GetString()));
        Assert.Equal(["198.51.100.66", "81.2.69.142"], all!.Select(e => e.GetProperty("ipAddress").GetString()));
        Assert.Single((await laptop.JsonAsync<JsonElement[]>("/sessions/history.json?show=failures"))!);
        Assert.Single((await laptop.JsonAsync<JsonElement[]>("/sessions/history.json?show=signIns&text=LINUX"))!);
        Assert.Empty((await laptop.JsonAsync<JsonElement[]>("/sessions/history.json?text=nowhere"))!);
        Assert.Equal(4, (await portal.AuditAsync(AuditNames.HistoryExported)).Count(e => e.SubjectId == ada.Id));

        using var stranger = portal.NewVisitor();
        using var refused = await stranger.GetAsync("/sessions/history.csv");
        Assert.Equal(HttpStatusCode.Found, refused.StatusCode);
    }

    [Theory]
    [Trait("Check", "S43")]
    [InlineData("=HYPERLINK(\"http://evil.example\")")]
    [InlineData("+1+1")]
    [InlineData("-1")]
    [InlineData("@SUM(1)")]
    [InlineData("a;\"b\",c")]
    public async Task No_field_of_the_file_is_a_formula_and_each_is_read_back_whole(string typed)
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(Ada);
        var session = Assert.Single(await portal.ActiveSessionsAsync(Ada));
        Assert.True(DeviceName.TryRead(typed, out var name, out _));
        await portal.Services.GetRequiredService<Devices>().RenameAsync(ada.Id, session.DeviceId, name, Actor.Person(ada.Id, null, null), default);

        using var answer = await laptop.GetAsync("/sessions/history.csv");
        Assert.Equal(("attachment", "nosniff"), (answer.Content.Headers.ContentDisposition?.DispositionType, answer.Headers.GetValues("X-Content-Type-Options").Single()));
        using var csv = new CsvReader(new StringReader(await answer.Content.ReadAsStringAsync()), CultureInfo.InvariantCulture);
        await csv.ReadAsync();
        csv.ReadHeader();
        await csv.ReadAsync();
        var device = csv.GetField("Device")!;
        Assert.Equal(typed, device.TrimStart('\''));
        Assert.DoesNotContain(device[0], "=+-@\t\r");
    }

    [Theory]
    [Trait("Check", "S40")]
    [InlineData("?show=%00&text=%00")]
    [InlineData("?show=99&text=%ED%A0%80")]
    [InlineData("?show=failures&show=all&text=a&text=b")]
    public async Task Nothing_asked_for_makes_it_fail(string query)
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(Ada);
        using var answer = await laptop.GetAsync("/sessions/history.csv" + query);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        using var page = await laptop.GetAsync("/sessions/history" + query);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }
}
