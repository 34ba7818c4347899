using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class OperatorCommandsTests : IAsyncDisposable
{
    private readonly PortalFactory portal = new();

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task A_user_added_with_a_password_can_sign_in()
    {
        var added = await OperatorConsole.RunAsync(portal.Services, "users add ada@example.com --role admin --role User --password-stdin", PortalFactory.Password + "\r\n");
        using var browser = portal.NewVisitor();
        await browser.SignInAsync("ada@example.com");
        Assert.Equal((0, "Added ada@example.com (Admin, User).\n", ""), (added.Code, added.Output.ReplaceLineEndings("\n"), added.Error));
        Assert.True(await browser.IsSignedInAsync());
        Assert.Contains(await portal.AuditAsync(AuditNames.UserCreated), e => e is { ActorKind: ActorKind.Operator, Reason: "Admin, User" });
    }

    [Fact]
    public async Task A_user_added_without_a_password_sets_one_with_the_link_once()
    {
        var added = await Run("users add ada@example.com");
        var link = new Uri(Regex.Match(added.Output, @"http\S+").Value).PathAndQuery;
        (string, string)[] form = [("Input.Code", link.Split("code=")[1]), ("Input.Email", "ada@example.com"), ("Input.Password", PortalFactory.Password), ("Input.ConfirmPassword", PortalFactory.Password)];
        using var browser = portal.NewVisitor();
        using var set = await browser.SubmitAsync(link, "reset-password", form);
        await browser.SignInAsync("ada@example.com");
        Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);
        Assert.True(await browser.IsSignedInAsync());
        Assert.Equal((await portal.UserAsync("ada@example.com")).Id, Assert.Single(await portal.AuditAsync(AuditNames.SetUpLinkMade)).SubjectId);
    }

    [Fact]
    public async Task Users_are_listed_with_roles_state_and_sessions()
    {
        using var browser = await SignedInAsync("ada@example.com");
        var line = (await Run("users list")).Output.Split('\n').Single(l => l.StartsWith("ada@", StringComparison.Ordinal));
        Assert.Equal(["ada@example.com", "User", "Active", "1"], line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task A_disabled_user_is_signed_out_and_an_enabled_one_may_come_back()
    {
        using var browser = await SignedInAsync("ada@example.com");
        await Run("users disable ada@example.com");
        Assert.False(await browser.IsSignedInAsync());
        Assert.Equal("ada@example.com is enabled.", (await Run("users enable ADA@example.com")).Output.Trim());
        await browser.SignInAsync("ada@example.com");
        Assert.True(await browser.IsSignedInAsync());
    }

    [Fact]
    public async Task A_limit_set_by_the_operator_holds_and_is_audited_as_the_pages_would()
    {
        var answer = await Run("roles set-limit user unlimited --when-full evict");
        var rules = (await portal.Services.GetRequiredService<RoleLimits>().ListAsync(TestContext.Current.CancellationToken)).Single(r => r.Role == Roles.User).Rules;
        Assert.Equal(0, answer.Code);
        Assert.Equal((null, WhenFull.EvictLeastRecent), (rules.Limit.Seats, rules.Limit.WhenFull));
        Assert.Equal(ActorKind.Operator, Assert.Single(await portal.AuditAsync(AuditNames.SessionLimitChanged)).ActorKind);
    }

    [Theory]
    [InlineData("--all")]
    [InlineData("--user ada@example.com")]
    public async Task Ended_sessions_open_nothing_and_are_audited(string which)
    {
        using var browser = await SignedInAsync("ada@example.com");
        var answer = await Run("sessions end " + which);
        Assert.EndsWith("ended: 1.", answer.Output.Trim(), StringComparison.Ordinal);
        Assert.False(await browser.IsSignedInAsync());
        Assert.Equal(ActorKind.Operator, Assert.Single(await portal.AuditAsync(AuditNames.SessionEnded)).ActorKind);
    }

    [Fact]
    public async Task One_session_is_listed_ended_and_not_ended_twice()
    {
        using var browser = await SignedInAsync("ada@example.com");
        var id = Assert.Single(await portal.ActiveSessionsAsync("ada@example.com")).Id;
        Assert.Contains($"{id}", (await Run("sessions list --user ada@example.com")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await Run($"sessions end --id {id}")).Code);
        Assert.DoesNotContain($"{id}", (await Run("sessions list")).Output, StringComparison.Ordinal);
        Assert.Contains("ended before", (await Run($"sessions end --id {id}")).Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S27")]
    public async Task A_trail_that_tells_everything_is_verified_and_one_that_lacks_an_event_is_not()
    {
        using var browser = await SignedInAsync("ada@example.com");
        await Run("sessions end --all");
        var whole = await Run("audit verify");
        await portal.InDatabaseAsync(db => db.Database.ExecuteSqlAsync($"""UPDATE "Sessions" SET "Id" = '00000000-0000-0000-0000-000000000001' """));
        var lacking = await Run("audit verify");
        Assert.Equal((0, 1), (whole.Code, lacking.Code));
        Assert.Contains("Ended sessions without the event of their end: 1:", lacking.Output, StringComparison.Ordinal);
        Assert.Equal("The audit trail lacks events.", lacking.Error.Trim());
    }

    [Fact]
    public async Task Every_event_is_one_line_of_json()
    {
        await WriteAsync("two\nlines");
        var lines = (await StandAloneCheck.ExportAsync(portal)).Where(l => l.Contains("\"type\":\"event\"", StringComparison.Ordinal)).ToList();
        Assert.Equal((await portal.AuditAsync()).Count, lines.Count);
        Assert.Contains(lines, l => JsonDocument.Parse(l).RootElement.TryGetProperty("reason", out var reason) && reason.GetString() == "two\nlines");
        Assert.Equal(ActorKind.Operator, Assert.Single(await portal.AuditAsync(AuditNames.SensitiveRead)).ActorKind);
    }

    [Fact]
    public async Task A_database_that_is_not_migrated_is_named_and_one_verb_migrates_it()
    {
        await portal.InDatabaseAsync(db => db.Database.EnsureDeletedAsync());
        var before = await Run("users list");
        var migrated = await Run("database migrate");
        Assert.Equal((1, "The database is not migrated: run 'database migrate' first, or start the portal once."), (before.Code, before.Error.Trim()));
        Assert.Equal(0, migrated.Code);
        Assert.Empty(await portal.InDatabaseAsync(db => db.Database.GetPendingMigrationsAsync()));
        Assert.Equal(0, (await Run("users add ada@example.com --role Admin")).Code);
    }

    private Task<OperatorConsole> Run(string line) => OperatorConsole.RunAsync(portal, line);

    private async Task<Visitor> SignedInAsync(string email)
    {
        await portal.AddUserAsync(email);
        var browser = portal.NewVisitor();
        await browser.SignInAsync(email);
        Assert.True(await browser.IsSignedInAsync());
        return browser;
    }

    private Task<int> WriteAsync(string reason) => portal.InDatabaseAsync(db =>
    {
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.DeviceRenamed, Actor.Portal, portal.Clock.GetUtcNow(), reason: reason));
        return db.SaveChangesAsync();
    });
}
