using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Tests.Support;

/// <summary>Somebody who has the database, its triggers included, and edits the history in it.</summary>
public static class Forger
{
    /// <summary>Runs statements that the triggers would refuse; afterwards the triggers are there as before.</summary>
    public static Task ForgeAsync(this PortalFactory portal, string sql) => portal.InDatabaseAsync(async db =>
    {
        if (db.Database.IsNpgsql())
        {
            var unguarded = $"SET session_replication_role = replica; {sql}; SET session_replication_role = DEFAULT";
            return await db.Database.ExecuteSqlRawAsync(unguarded);
        }

        var triggers = await db.Database.SqlQuery<string>($"SELECT name || char(10) || sql AS Value FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'Audit%'").ToListAsync();
        var (drop, make) = (triggers.Select(t => $"DROP TRIGGER {t.Split('\n')[0]};"), triggers.Select(t => t[(t.IndexOf('\n', StringComparison.Ordinal) + 1)..] + ";"));
        var edit = $"{string.Concat(drop)} {sql}; {string.Concat(make)}";
        return await db.Database.ExecuteSqlRawAsync(edit);
    });

    /// <summary>Makes every digest and every hash anew, so that the chain fits what is there: all that can be done without the key.</summary>
    public static async Task MakeChainFitAsync(this PortalFactory portal)
    {
        var links = await portal.InDatabaseAsync(db => db.AuditChain.AsNoTracking().OrderBy(l => l.Number).ToListAsync());
        var events = (await portal.AuditAsync()).ToDictionary(e => e.Sequence);
        var (sql, hash, number) = ("", (byte[]?)null, 0L);
        foreach (var link in links.Where(l => events.ContainsKey(l.Event)))
        {
            var told = events[link.Event];
            told.Seal();
            hash = ChainStep.Hash(hash, ++number, told.Digest);
            sql += $"""
                UPDATE "AuditEvents" SET "Digest" = {Bytes(told.Digest)}, "OriginSalt" = {Bytes(told.OriginSalt)}, "OriginCommitment" = {Bytes(told.OriginCommitment)},
                    "ReasonSalt" = {Bytes(told.ReasonSalt)}, "ReasonCommitment" = {Bytes(told.ReasonCommitment)} WHERE "Sequence" = {told.Sequence};
                UPDATE "AuditChain" SET "Number" = {number}, "Hash" = {Bytes(hash)} WHERE "Number" = {link.Number};
                """;

            string Bytes(byte[]? value) => value is null ? "NULL" : portal.Database.IsPostgres ? $@"'\x{Convert.ToHexString(value)}'" : $"x'{Convert.ToHexString(value)}'";
        }

        await portal.ForgeAsync(sql);
    }
}
