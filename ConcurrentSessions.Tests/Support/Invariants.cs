using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>What must hold after every fault, by the statements that bench/faults.sh asks too.</summary>
internal static class Invariants
{
    public static async Task AssertInvariantsAsync(this PortalFactory portal)
    {
        foreach (var text in (await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "invariants.sql"))).Split("\n\n").Skip(1))
        {
            Assert.True(await BrokenAsync(portal, text) == 0, text);
        }
    }

    private static Task<int> BrokenAsync(PortalFactory portal, string sql) => portal.InDatabaseAsync(async db =>
    {
        // SQLite compares times as texts and knows no intervals: there it is asked without the tolerance.
        var text = portal.Database.IsPostgres ? sql
            : sql.Replace(" + interval '5 seconds'", "", StringComparison.Ordinal).Replace(" + interval '65 seconds'", "", StringComparison.Ordinal);
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = text;
        var now = portal.Clock.GetUtcNow();
        Add(command, "now", portal.Database.IsPostgres ? now : $"{now.AddSeconds(65):yyyy-MM-dd HH:mm:ss.FFFFFFFzzz}");
        Add(command, "seats", 3);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = 0;
        while (await reader.ReadAsync())
        {
            rows++;
        }

        return rows;
    });

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@" + name, value);
        command.Parameters.Add(parameter);
    }
}
