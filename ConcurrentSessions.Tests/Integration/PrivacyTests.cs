using System.Data.Common;
using System.Net;
using System.Text.Json;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What is kept of people, for how long, and how they take it with them or have it erased.</summary>
[Trait("Check", "S50")]
public sealed class PrivacyTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.0/24")]
    [InlineData("2001:db8:1:2::7", "2001:db8:1::/48")]
    public async Task Of_an_IP_address_only_its_network_is_left_after_ninety_days(string address, string network)
    {
        await using var database = await TestDatabase.NewAsync();
        var grace = await database.AddUserAsync("grace", Roles.User);
        await database.SignInAsync(grace, address);
        var shortening = database.Get<AddressShortening>();
        database.Clock.Advance(TimeSpan.FromDays(89));
        Assert.Equal(0, await shortening.ShortenAsync(default));
        var before = await TrailAsync(database);
        Assert.Contains(before, e => e.IpAddress == address);

        database.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(before.Count(e => e.IpAddress is not null) + 1, await shortening.ShortenAsync(default));
        var history = await database.Get<SessionList>().HistoryAsync(grace, 10, default);
        Assert.Equal(network, Assert.Single(history).IpAddress);
        var after = await TrailAsync(database);
        Assert.DoesNotContain(after, e => e.IpAddress == address);
        Assert.Contains(after, e => e.Origin == network);
        Assert.Equal([.. before.Select(Told)], after.Take(before.Count).Select(Told));
        Assert.Equal(AuditNames.AddressesShortened, after[^1].Name);
        Assert.Equal(0, await shortening.ShortenAsync(default));
    }

    [Theory]
    [InlineData("\"IpAddress\" = '8.8.8.8'")]
    [InlineData("\"IpAddress\" = NULL, \"Reason\" = 'nothing happened'")]
    [InlineData("\"IpAddress\" = NULL, \"IpNetwork\" = NULL")]
    [InlineData("\"IpAddress\" = NULL, \"ActorId\" = 'somebody'")]
    [InlineData("\"IpNetwork\" = '8.8.8.0/24'")]
    public async Task The_trail_lets_nothing_go_but_an_address(string change)
    {
        using var visitor = portal.NewVisitor();
        await visitor.SignInAsync(ada.Email!);
        var before = (await portal.AuditAsync()).Select(e => (Told(e), e.IpAddress)).ToList();
        await Assert.ThrowsAnyAsync<DbException>(() => portal.ByHandAsync($"UPDATE \"AuditEvents\" SET {change} WHERE \"IpAddress\" IS NOT NULL"));
        Assert.Equal(before, (await portal.AuditAsync()).Select(e => (Told(e), e.IpAddress)));
    }

    [Fact]
    public async Task One_takes_ones_data_with_one_and_nothing_of_others()
    {
        var boss = await portal.AddUserAsync("boss@portal.example", Roles.Admin);
        using var desk = portal.NewVisitor("192.0.2.66");
        using var visitor = portal.NewVisitor();
        await visitor.SignInAsync(ada.Email!, "not the right password");
        await visitor.SignInAsync(ada.Email!);
        await visitor.SignOutAsync();
        await visitor.SignInAsync(ada.Email!);
        await desk.SignInAsync(boss.Email!);
        await desk.DeleteAsync($"/api/admin/users/{ada.Id}/sessions");
        await visitor.SignInAsync(ada.Email!);

        using var answer = await visitor.PostAsync("/Account/Manage/DownloadPersonalData", await visitor.OpenFormAsync("/Account/Manage/PersonalData", ""));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        var text = await answer.Content.ReadAsStringAsync();
        var data = JsonDocument.Parse(text).RootElement;
        Assert.Equal(ada.Email, data.GetProperty("Account").GetProperty("Email").GetString());
        Assert.Equal(3, data.GetProperty("Sessions").GetArrayLength());
        Assert.Equal("203.0.113.7", data.GetProperty("Sessions")[0].GetProperty("IpAddress").GetString());
        Assert.Equal(1, data.GetProperty("Devices").GetArrayLength());
        Assert.Contains(AuditNames.SignInFailed, text, StringComparison.Ordinal);
        Assert.Contains("Somebody else", text, StringComparison.Ordinal);
        foreach (var secret in new[] { boss.Id, boss.Email!, "192.0.2.66", (await portal.UserAsync(ada.Email!)).PasswordHash!, ada.SecurityStamp! })
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }

        Assert.Single(await portal.AuditAsync(AuditNames.PersonalDataExported));
    }

    [Fact]
    public async Task After_deleting_ones_account_only_the_trail_knows_of_it_and_only_a_number()
    {
        using var visitor = portal.NewVisitor();
        await visitor.SignInAsync(ada.Email!);
        await visitor.SubmitAsync("/Account/ForgotPassword", "forgot-password", ("Input.Email", ada.Email!));
        await visitor.SubmitAsync("/Account/Manage/DeletePersonalData", "delete-user", ("Input.Understood", "True"));
        Assert.False(await visitor.IsSignedInAsync());
        Assert.Equal(0, await portal.InDatabaseAsync(async db =>
            await db.Users.CountAsync(u => u.Id == ada.Id) + await db.Sessions.CountAsync(s => s.UserId == ada.Id)
            + await db.Devices.CountAsync(d => d.UserId == ada.Id) + await db.KnownLocations.CountAsync(l => l.UserId == ada.Id)
            + await db.UserTokens.CountAsync(t => t.UserId == ada.Id) + await db.PendingSignIns.CountAsync(p => p.UserId == ada.Id)));
        Assert.Equal("account changed", Assert.Single(await portal.InDatabaseAsync(db => db.Outbox.Where(m => m.To == ada.Email).ToListAsync())).Kind);
        var trail = await portal.AuditAsync();
        Assert.Contains(trail, e => e.SubjectId == ada.Id && e.Name == AuditNames.UserDeleted);
        Assert.DoesNotContain(trail, e => e.Reason?.Contains("ada", StringComparison.OrdinalIgnoreCase) is true);
    }

    [Fact]
    public async Task A_mail_that_was_sent_is_forgotten_after_thirty_days()
    {
        await using var desk = await MailDesk.WithPickupAsync();
        await desk.PromiseAsync();
        await desk.Sender.DeliverDueAsync(default);
        desk.Clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal(0, await desk.Sender.PurgeAsync(default));
        desk.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(1, await desk.Sender.PurgeAsync(default));
        Assert.Empty(await desk.RowsAsync());
    }

    private static Task<List<AuditEvent>> TrailAsync(TestDatabase database) =>
        database.InAsync(db => db.AuditEvents.AsNoTracking().OrderBy(e => e.Sequence).ToListAsync());

    private static (long, DateTimeOffset, string, string?, string?, Guid?, string?, string?) Told(AuditEvent e) =>
        (e.Sequence, e.At, e.Name, e.ActorId, e.SubjectId, e.SessionId, e.Reason, e.IpNetwork);
}
