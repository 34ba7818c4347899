using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ConcurrentSessions.Bench.Machines;

namespace ConcurrentSessions.Bench.Seeds;

/// <summary>Session rows like one that a real sign-in left; their keys can be told from their numbers.</summary>
internal static class SessionRows
{
    /// <summary>Of ten sessions of a user, the first is live.</summary>
    public const int PerUser = 10;

    private const int DevicesPerUser = 4;

    public static string Cookie(int number) => "__Host-session=" + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes($"bench{number}")));

    /// <summary>Session n is user n % users' one; the first <paramref name="users"/> live, all others ended within the retention.</summary>
    /// <param name="daysOlder">Moves the ended ones further into the past, for the purge to find.</param>
    public static async Task AddAsync(PostgresServer postgres, string database, int rows, int users, int daysOlder = 0)
    {
        await AddDevicesAsync(postgres, database, users + 1);
        await AddAsync(postgres, database, $"generate_series(0, {rows - 1}) n", $"n % {users}", $"n < {users}", daysOlder);
        await postgres.ExecuteAsync(database, "vacuum analyze; checkpoint");
    }

    /// <summary>Live sessions of one user, under the keys that follow <paramref name="first"/>.</summary>
    public static Task AddOfOneAsync(PostgresServer postgres, string database, int user, int first, int count) =>
        AddAsync(postgres, database, $"generate_series({first}, {first + count - 1}) n", $"{user}", "true", 0, few: true);

    private static Task AddAsync(PostgresServer postgres, string database, string numbers, string user, string live, int daysOlder, bool few = false)
    {
        var from = $"""
            {numbers},
            lateral (select {user} as u, {live} as live, n / 997 % {DevicesPerUser} as d) k,
            lateral (select now() - case when live then interval '6 hours' * random()
              else interval '1 day' * (1 + 80 * random() + {daysOlder}) end as started) w
            """;
        return new Copies("Sessions", "true", from, new Dictionary<string, string>
        {
            ["Id"] = "(lpad(to_hex((extract(epoch from started) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) "
                + "|| '8' || substr(md5(n::text), 4, 15))::uuid",
            ["KeyHash"] = "sha256(sha256(('bench' || n)::bytea))",
            ["UserId"] = People.IdSql("u"),
            ["DeviceId"] = "md5('device' || u || '-' || d)::uuid",
            ["StartedAt"] = "started",
            ["LastSeenAt"] = "case when live then now() else started + interval '1 hour' end",
            ["ProvedAt"] = "started",
            ["IdleTimeout"] = "interval '12 hours'",
            ["IdleExpiresAt"] = "started + interval '12 hours'",
            ["ExpiresAt"] = "started + interval '12 hours'",
            ["EndedAt"] = "case when not live then started + interval '1 hour' end",
            ["EndReason"] = "case when not live then 'SignedOut' end",
        }, few).InsertAsync(postgres, database);
    }

    private static Task AddDevicesAsync(PostgresServer postgres, string database, int users) => new Copies(
        "Devices", "true", $"generate_series(0, {users - 1}) u, generate_series(0, {DevicesPerUser - 1}) d", new Dictionary<string, string>
        {
            ["Id"] = "md5('device' || u || '-' || d)::uuid",
            ["UserId"] = People.IdSql("u"),
            ["KeyHash"] = "sha256(('device' || u || '-' || d)::bytea)",
        }).InsertAsync(postgres, database);
}
