using ConcurrentSessions.Bench.Machines;
using Npgsql;

namespace ConcurrentSessions.Bench.Seeds;

/// <summary>
/// Rows by the million, copied from one that the contender wrote itself: whatever columns there are, they hold what it writes.
/// As on a replica no trigger tells anybody: no node runs yet, or none knows these users.
/// </summary>
/// <param name="From">The rest of the FROM clause; the row to copy is <c>t</c>.</param>
/// <param name="Columns">What differs from copy to copy, as SQL.</param>
/// <param name="Few">So few that the indexes stay while they are added.</param>
internal sealed record Copies(string Table, string Where, string From, IReadOnlyDictionary<string, string> Columns, bool Few = false)
{
    public async Task InsertAsync(PostgresServer postgres, string database)
    {
        await using var connection = await postgres.OpenAsync(database);
        var names = await TextsAsync(connection, $"select column_name from information_schema.columns where table_name = '{Table}' and table_schema = 'public'");
        var indexes = Few ? [] : await IndexesAsync(connection);
        await ExecuteAsync(connection, $"""
            set session_replication_role = replica;
            set maintenance_work_mem = '512MB';
            {string.Join('\n', indexes.Select(i => $"drop index \"{i.Name}\";"))}
            insert into "{Table}" ({string.Join(", ", names.Select(n => $"\"{n}\""))})
            select {string.Join(", ", names.Select(n => Columns.TryGetValue(n, out var sql) ? sql : $"t.\"{n}\""))}
            from (select * from "{Table}" where {Where} limit 1) t, {From};
            {string.Join('\n', indexes.Select(i => i.Definition + ";"))}
            """);
    }

    private async Task<List<(string Name, string Definition)>> IndexesAsync(NpgsqlConnection connection)
    {
        var owned = $"""from pg_indexes where tablename = '{Table}' and schemaname = 'public' and indexname not like 'PK%' order by indexname""";
        var names = await TextsAsync(connection, "select indexname::text " + owned);
        return [.. names.Zip(await TextsAsync(connection, "select indexdef " + owned))];
    }

    private static async Task<List<string>> TextsAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var texts = new List<string>();
        while (await rows.ReadAsync())
        {
            texts.Add(rows.GetString(0));
        }

        return texts;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
