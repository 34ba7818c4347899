using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Reports;
using Npgsql;

namespace ConcurrentSessions.Bench.Parts;

/// <summary>Audit events written at once over the connections of three nodes, a transaction each, chained and with the chain switched off.</summary>
internal sealed class AuditWrites : IPart
{
    private const int Nodes = 3;
    private const int ConnectionsPerNode = 8;
    private static readonly string[] Contenders = ["audit_chained", "audit_unchained"];

    public string Name => "audit";

    public async Task<Findings> MeasureAsync(Workbench bench)
    {
        foreach (var database in Contenders)
        {
            await bench.Postgres.CreateDatabaseAsync(database);
            await bench.MigrateAsync(database);
        }

        await bench.Postgres.ExecuteAsync(Contenders[1], "alter table \"AuditEvents\" disable trigger portal_audit_chain");
        var writes = bench.Arguments.Amount(10_000, 1_000);
        var rates = Contenders.ToDictionary(d => d, _ => new List<double>());
        for (var round = -1; round < bench.Arguments.Rounds; round++)
        {
            foreach (var database in Contenders)
            {
                var rate = await WriteAsync(bench.Postgres, database, writes);
                Say.Line($"{database}: {rate:0} a second");
                if (round >= 0)
                {
                    rates[database].Add(rate);
                }
            }
        }

        var verified = await bench.VerifyAuditAsync(Contenders[0]);
        Say.Line(verified);
        var forks = await bench.Postgres.ReadAsync<long>(Contenders[0], """
            select count(*) filter (where l."Number" is null) + (max(l."Number") - count(distinct l."Number")) + (count(*) - count(distinct e."Sequence"))
            from "AuditEvents" e full join "AuditChain" l on l."Event" = e."Sequence"
            """);
        return Report(writes, rates, verified, forks);
    }

    private static async Task<double> WriteAsync(PostgresServer postgres, string database, int writes)
    {
        var left = writes;
        var connections = await Task.WhenAll(Enumerable.Range(0, Nodes * ConnectionsPerNode).Select(_ => postgres.OpenAsync(database)));
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(connections.Select(connection => Task.Run(async () =>
        {
            await using var insert = Insert(connection);
            await insert.PrepareAsync();
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var at = Now();
                insert.Parameters[0].Value = at.UtcDateTime;
                insert.Parameters[1].Value = Digest(at);
                await insert.ExecuteNonQueryAsync();
            }
        })));
        var took = Stopwatch.GetElapsedTime(start);
        foreach (var connection in connections)
        {
            await connection.DisposeAsync();
        }

        return writes / took.TotalSeconds;
    }

    private static NpgsqlCommand Insert(NpgsqlConnection connection) => new(
        """insert into "AuditEvents" ("At", "Name", "Outcome", "ActorKind", "Digest") values ($1, 'bench', 'Succeeded', 'Portal', $2)""", connection)
    {
        Parameters = { new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz }, new() { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bytea } },
    };

    private static DateTimeOffset Now()
    {
        var now = TimeProvider.System.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    // As docs/audit.md describes it: an event of the portal itself, without a subject, a session, an origin and a reason.
    private static byte[] Digest(DateTimeOffset at)
    {
        string?[] fields = [at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), "bench", "Succeeded", "Portal", null, null, null, null, null, null, null];
        return SHA256.HashData(Encoding.UTF8.GetBytes("audit-event-1\n" + string.Concat(fields.Select(f => f is null ? "-\n" : $"{f.Length}:{f}\n"))));
    }

    private static Findings Report(int writes, Dictionary<string, List<double>> rates, string verified, long forks)
    {
        var (chained, plain) = (rates[Contenders[0]], rates[Contenders[1]]);
        var ratio = chained.Median() / plain.Median();
        var table = new Table(
            $"{writes:#,0} audit events at once over {Nodes} nodes with {ConnectionsPerNode} connections each, one event a transaction",
            ["", "events a second (median)", "rounds"],
            [
                ["chained", $"{chained.Median():#,0}", chained.Range("#,0")],
                ["the same inserts, chain switched off", $"{plain.Median():#,0}", plain.Range("#,0")],
                ["ratio", $"{ratio:0.00}", ""],
            ],
            $"Afterwards: {verified} Forks, gaps and events without a place: {forks}. Chained events commit one after the other, so what bounds them is the time of one "
            + "commit to the disk; unchained ones share it.");
        return new([table], [new("forks and gaps in the audit ledger", "0", $"{forks}", forks == 0)],
            new Dictionary<string, IReadOnlyList<double>> { ["chained, events/s"] = chained, ["unchained, events/s"] = plain });
    }
}
