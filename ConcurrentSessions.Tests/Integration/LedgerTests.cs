using System.Data.Common;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Whoever edits the history is found out: by the portal, and by anybody with an exported file.</summary>
[Trait("Check", "S27")]
public sealed class LedgerTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private List<AuditEvent> trail = [];

    /// <summary>Ten renamed devices after whatever the start has written, signed inside and outside the database.</summary>
    public async ValueTask InitializeAsync()
    {
        for (var number = 0; number < 10; number++)
        {
            await WriteAsync($"device {number}");
        }

        await portal.Services.GetRequiredService<Ledger>().SignEndAsync(default);
        trail = await portal.AuditAsync();
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task A_ledger_that_nobody_edited_is_verified_and_so_is_its_export()
    {
        var verified = await Run("audit verify");
        var alone = await StandAloneCheck.RunAsync(portal, await StandAloneCheck.ExportAsync(portal), portal.Database.CheckpointFile);
        Assert.Equal(0, verified.Code);
        Assert.StartsWith($"{trail.Count} events, verified up to event {trail.Count}; signed up to event {trail.Count}", verified.Output, StringComparison.Ordinal);
        Assert.Equal(0, alone.Code);
        Assert.StartsWith($"VERIFIED: {trail.Count + 1} events", alone.Answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("change", """UPDATE "AuditEvents" SET "Name" = 'user_updated' WHERE "Sequence" = {a}""", "it was changed")]
    [InlineData("change of the words", """UPDATE "AuditEvents" SET "Reason" = 'nothing' WHERE "Sequence" = {a}""", "it was changed")]
    [InlineData("change of the words and their absence", """UPDATE "AuditEvents" SET "Reason" = 'nothing', "ReasonSalt" = NULL WHERE "Sequence" = {a}""", "it was changed")]
    [InlineData("removal", """DELETE FROM "AuditEvents" WHERE "Sequence" = {a}""", "it was removed")]
    [InlineData("removal with its place", """DELETE FROM "AuditEvents" WHERE "Sequence" = {a}; DELETE FROM "AuditChain" WHERE "Event" = {a}""", "it was removed")]
    [InlineData("swap of places", """UPDATE "AuditChain" SET "Event" = -1 WHERE "Event" = {a}; UPDATE "AuditChain" SET "Event" = {a} WHERE "Event" = {b}; UPDATE "AuditChain" SET "Event" = {b} WHERE "Event" = -1""", "it is not what stood here")]
    [InlineData("swap of events", """UPDATE "AuditEvents" SET "Sequence" = -1 WHERE "Sequence" = {a}; UPDATE "AuditEvents" SET "Sequence" = {a} WHERE "Sequence" = {b}; UPDATE "AuditEvents" SET "Sequence" = {b} WHERE "Sequence" = -1""", "it is not what stood here")]
    [InlineData("insertion", """INSERT INTO "AuditEvents" ("Sequence", "At", "Name", "Outcome", "ActorKind", "Digest") SELECT 999, "At", "Name", "Outcome", "ActorKind", "Digest" FROM "AuditEvents" WHERE "Sequence" = {a}""", "was inserted")]
    public async Task An_edited_table_is_found_by_the_verb_and_by_the_check_of_its_export(string what, string sql, string said)
    {
        await portal.ForgeAsync(Filled(sql));
        var verified = await Run("audit verify");
        var alone = await StandAloneCheck.RunAsync(portal, await StandAloneCheck.ExportAsync(portal));
        Assert.True(verified.Code == 1, what);
        Assert.Contains(said, verified.Output, StringComparison.Ordinal);
        Assert.Equal("The audit ledger is not what was written.", verified.Error.Trim());
        Assert.True(alone.Code == 1, $"{what}: {alone.Answer}");
    }

    [Fact]
    public async Task A_removed_end_is_found_by_the_checkpoints_outside_the_database()
    {
        await portal.ForgeAsync(Filled("""DELETE FROM "AuditEvents" WHERE "Sequence" >= {a}; DELETE FROM "AuditChain" WHERE "Event" >= {a}; DELETE FROM "AuditCheckpoints" """));
        var verified = await Run("audit verify");
        Assert.Equal(1, verified.Code);
        Assert.Contains($"to at least {trail.Count} were removed from the end", verified.Output, StringComparison.Ordinal);

        // What is written on top of the stump fits it, but not what was signed.
        var alone = await StandAloneCheck.RunAsync(portal, await StandAloneCheck.ExportAsync(portal), portal.Database.CheckpointFile);
        Assert.Equal(1, alone.Code);
        Assert.Contains("were removed from the end", alone.Answer, StringComparison.Ordinal);
        for (var number = 0; number < 12; number++)
        {
            await WriteAsync("later");
        }

        Assert.Contains($"broken at event {trail.Count}: the ledger up to here is not the one that was signed", (await Run("audit verify")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""UPDATE "AuditEvents" SET "Reason" = 'nothing' WHERE "Sequence" = {a}""")]
    [InlineData("""DELETE FROM "AuditEvents" WHERE "Sequence" = {a}; DELETE FROM "AuditChain" WHERE "Event" = {a}""")]
    public async Task A_chain_that_was_made_to_fit_the_edit_is_found_by_its_checkpoint(string sql)
    {
        await portal.ForgeAsync(Filled(sql));
        await portal.MakeChainFitAsync();
        var verified = await Run("audit verify");
        var alone = await StandAloneCheck.RunAsync(portal, await StandAloneCheck.ExportAsync(portal));
        Assert.Equal((1, 1), (verified.Code, alone.Code));
        Assert.Contains("checkpoint", verified.Output + alone.Answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Kind\" = 'Retention'")]
    [InlineData("\"Number\" = \"Number\" - 1")]
    [InlineData("\"KeyId\" = '0123456789abcdef'")]
    public async Task A_checkpoint_that_nobody_signed_is_none(string change)
    {
        await portal.ForgeAsync($"UPDATE \"AuditCheckpoints\" SET {change}");
        var verified = await Run("audit verify");
        Assert.Equal(1, verified.Code);
        Assert.Contains("is not signed by a key", verified.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE \"AuditChain\" SET \"Number\" = 99 WHERE \"Number\" = 3")]
    [InlineData("DELETE FROM \"AuditChain\"")]
    [InlineData("DELETE FROM \"AuditEvents\"")]
    [InlineData("UPDATE \"AuditCheckpoints\" SET \"Kind\" = 'Retention'")]
    [InlineData("DELETE FROM \"AuditCheckpoints\"")]
    public async Task The_tables_of_the_ledger_only_grow(string sql)
    {
        await Assert.ThrowsAnyAsync<DbException>(() => portal.ByHandAsync(sql));
        Assert.Equal(0, (await Run("audit verify")).Code);
    }

    [Fact]
    public async Task Of_an_export_no_line_is_changed_removed_exchanged_or_added_unnoticed()
    {
        var lines = await StandAloneCheck.ExportAsync(portal);
        var one = Array.FindIndex(lines, l => l.Contains("\"device 3\"", StringComparison.Ordinal));
        string[][] edited =
        [
            [.. lines[..one], lines[one].Replace("device 3", "device 4", StringComparison.Ordinal), .. lines[(one + 1)..]],
            [.. lines.Select(l => l.Replace("\"at\":\"2", "\"at\":\"1", StringComparison.Ordinal))],
            [.. lines[..one], .. lines[(one + 1)..]],
            [.. lines[..one], lines[one + 1], lines[one], .. lines[(one + 2)..]],
            [.. lines[..one], lines[one], .. lines[one..]],
            lines[..^1],
            lines[..^2],
            [.. lines[..^2], lines[^1]],
        ];
        var whole = await StandAloneCheck.RunAsync(portal, lines);
        Assert.True(whole.Code == 0, whole.Answer);
        foreach (var file in edited)
        {
            var answer = await StandAloneCheck.RunAsync(portal, file);
            Assert.True(answer.Code == 1, answer.Answer);
        }
    }

    private string Filled(string sql)
    {
        var (a, b) = (trail[^6].Sequence, trail[^4].Sequence);
        return sql.Replace("{a}", $"{a}", StringComparison.Ordinal).Replace("{b}", $"{b}", StringComparison.Ordinal);
    }

    private Task<OperatorConsole> Run(string line) => OperatorConsole.RunAsync(portal, line);

    private Task<int> WriteAsync(string reason) => portal.InDatabaseAsync(db =>
    {
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.DeviceRenamed, Actor.Visitor("203.0.113.7", "Firefox"), portal.Clock.GetUtcNow(), reason: reason));
        return db.SaveChangesAsync();
    });
}
