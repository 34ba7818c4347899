using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>The ledger grows by many writers, forgets what is personal and lets go what is old, and stays whole.</summary>
public sealed class LedgerGrowthTests : IAsyncDisposable
{
    private readonly PortalFactory portal = new PortalFactory().With("Audit:RetentionDays", "365").With("Privacy:IpAddressDays", "1").With("Audit:CheckpointEvery", "00:00:01");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    [Trait("Check", "S27")]
    public async Task Many_writers_at_once_make_one_chain_without_forks_and_gaps()
    {
        const int writers = 12, each = 25;
        var before = (await portal.AuditAsync()).Count;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var number = 0; number < each; number++)
            {
                await WriteAsync($"user {writer % 3}", commit: number % 5 != 4);
            }
        })));
        var report = await VerifyAsync();
        Assert.Null(report.Problem);
        Assert.Equal(before + (writers * each * 4 / 5 * 2), report.Events);
        Assert.Equal(report.Events, await portal.InDatabaseAsync(db => db.AuditChain.MaxAsync(l => l.Number)));
    }

    [Fact]
    [Trait("Check", "S50")]
    public async Task What_is_personal_is_erased_and_the_ledger_is_verified_all_the_same()
    {
        var ada = await portal.AddUserAsync("ada@portal.example");
        using var visitor = portal.NewVisitor("198.51.100.7");
        await visitor.SignInAsync(ada.Email!);
        var device = (await portal.ActiveSessionsAsync(ada.Email!))[0].DeviceId;
        Assert.True(DeviceName.TryRead("Ada's own phone", out var name, out _));
        await portal.Services.GetRequiredService<Devices>().RenameAsync(ada.Id, device, name, Actor.Person(ada.Id, null, "198.51.100.7", "Firefox"), default);
        Assert.Contains(await portal.AuditAsync(), e => e is { Reason: "Ada's own phone" });

        await visitor.SubmitAsync("/Account/Manage/DeletePersonalData", "delete-user", ("Input.Understood", "True"));
        portal.Clock.Advance(TimeSpan.FromHours(25));
        await portal.Services.GetRequiredService<AddressShortening>().ShortenAsync(default);
        var trail = await portal.AuditAsync();
        Assert.DoesNotContain(trail, e => e.Reason == "Ada's own phone" || e.IpAddress is not null || e.UserAgent is not null || e.OriginSalt is not null);
        Assert.Contains(trail, e => e is { Name: AuditNames.DeviceRenamed, IpNetwork: "198.51.100.0/24" });
        Assert.Null((await VerifyAsync()).Problem);
        var export = await StandAloneCheck.ExportAsync(portal);
        Assert.DoesNotContain(export, l => l.Contains("Ada", StringComparison.Ordinal) || l.Contains("198.51.100.7", StringComparison.Ordinal));
        var alone = await StandAloneCheck.RunAsync(portal, export);
        Assert.True(alone.Code == 0, alone.Answer);
    }

    [Fact]
    [Trait("Check", "S50")]
    public async Task Events_older_than_the_retention_go_and_a_signed_checkpoint_is_the_new_beginning()
    {
        // Of yesterday's portal: nothing is written before them.
        await portal.ForgeAsync("DELETE FROM \"AuditEvents\"; DELETE FROM \"AuditChain\"; DELETE FROM \"AuditCheckpoints\"");
        File.Delete(portal.Database.CheckpointFile);
        const int old = 2;
        await WriteAsync("old", commit: true, portal.Clock.GetUtcNow() - TimeSpan.FromDays(366));
        await WriteAsync("young", commit: true);
        await PurgeAsync();

        var report = await VerifyAsync();
        Assert.Null(report.Problem);
        Assert.Equal((old, old), (report.Start, report.Events));
        Assert.DoesNotContain(await portal.AuditAsync(), e => e.Reason == "old");
        Assert.Contains(await portal.AuditAsync(), e => e.Reason == "young");
        Assert.Equal(0, (await OperatorConsole.RunAsync(portal, "audit verify")).Code);
        var alone = await StandAloneCheck.RunAsync(portal, await StandAloneCheck.ExportAsync(portal));
        Assert.True(alone.Code == 0, alone.Answer);
        Assert.Contains($"after event {report.Start}", alone.Answer, StringComparison.Ordinal);

        // Nothing is left to go, and what is young does not.
        await PurgeAsync();
        Assert.Equal(report.Start, (await VerifyAsync()).Start);
    }

    [Fact]
    public async Task Events_from_before_there_was_a_ledger_are_taken_up_once()
    {
        await WriteAsync("before the ledger", commit: true);
        var count = (await portal.AuditAsync()).Count;
        await portal.ForgeAsync("""
            DELETE FROM "AuditChain"; DELETE FROM "AuditCheckpoints";
            UPDATE "AuditEvents" SET "OriginSalt" = NULL, "OriginCommitment" = NULL, "ReasonSalt" = NULL, "ReasonCommitment" = NULL, "Digest" = ''
            """);
        File.Delete(portal.Database.CheckpointFile);
        await portal.Services.GetRequiredService<Ledger>().TakeUpOldEventsAsync(default);
        await portal.Services.GetRequiredService<Ledger>().TakeUpOldEventsAsync(default);
        await WriteAsync("after", commit: true);
        var report = await VerifyAsync();
        Assert.Null(report.Problem);
        Assert.Equal(count + 2, report.Events);
    }

    [Fact]
    public async Task The_end_is_signed_while_it_grows_and_not_again_while_it_does_not()
    {
        await WriteAsync("something", commit: true);
        var end = (await portal.AuditAsync()).Count;
        await portal.UntilAsync(() => portal.InDatabaseAsync(db => db.AuditCheckpoints.AnyAsync(c => c.Number >= end)));
        var ledger = portal.Services.GetRequiredService<Ledger>();
        var newest = await ledger.SignEndAsync(default);
        Assert.Equal(newest!.Id, (await ledger.SignEndAsync(default))!.Id);
        Assert.Contains(newest.Number, ledger.File.Read().Select(c => c.Number));
    }

    private Task<LedgerReport> VerifyAsync() => portal.Services.GetRequiredService<LedgerCheck>().RunAsync(null, default);

    private Task<int> PurgeAsync() => portal.InDatabaseAsync(async db =>
    {
        var retention = portal.Services.GetServices<IPurge>().OfType<AuditRetention>().Single();
        var all = 0;
        while (await retention.PurgeSomeAsync(db, default) is > 0 and var some)
        {
            all += some;
        }

        return all;
    });

    // Two events in the user's turn, as a sign-in has them; without a commit they were never there.
    private Task<int> WriteAsync(string reason, bool commit, DateTimeOffset? when = null) => portal.InDatabaseAsync(async db =>
    {
        await using var turn = await db.TakeTurnAsync(reason, default);
        var at = when ?? portal.Clock.GetUtcNow();
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.SignInSucceeded, Actor.Visitor("203.0.113.7", "Firefox"), at, reason: reason));
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.DeviceRenamed, Actor.Portal, at, reason: reason));
        await db.SaveChangesAsync();
        if (commit)
        {
            await turn.CommitAsync();
        }

        return 0;
    });
}
