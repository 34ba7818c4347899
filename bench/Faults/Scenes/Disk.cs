using System.Diagnostics;
using System.Net;
using ConcurrentSessions.Bench.Machines;
using ConcurrentSessions.Bench.Stage;
using Microsoft.Data.Sqlite;

namespace ConcurrentSessions.Bench.Scenes;

/// <summary>SQLite on a disk that is full, and then is not. Needs root, to make a small disk.</summary>
internal sealed class Disk : IFault
{
    public string Name => "disk";

    public async Task PlayAsync(string workFolder, bool isShort, Report report)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            report.Seen("a small disk", "needs root: not played");
            return;
        }

        var disk = Directory.CreateTempSubdirectory("faults-disk-").FullName;
        await ChildProcess.RunAsync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", disk]);
        try
        {
            await PlayOnAsync(disk, workFolder, report);
        }
        finally
        {
            await ChildProcess.RunAsync("umount", [disk]);
            Directory.Delete(disk);
        }
    }

    private static async Task PlayOnAsync(string disk, string workFolder, Report report)
    {
        Directory.CreateDirectory(Path.Combine(workFolder, "logs"));
        var connection = $"Data Source={Path.Combine(disk, "portal.db")}";
        var settings = new Dictionary<string, string>
        {
            ["Database__Provider"] = "Sqlite",
            ["ConnectionStrings__Portal"] = connection,
            ["Email__PickupDirectory"] = Path.Combine(Path.GetTempPath(), Path.GetFileName(disk) + "-mail"),
        };
        await using (var node = new Node("faults-disk", workFolder, settings))
        {
            await node.StartAsync();
            await node.SpareAdministratorTheSecondFactorAsync();
            using var stays = new Client("203.0.113.8");
            using var leaves = new Client();
            await stays.SignInAsync(node, World.Admin);
            await leaves.SignInAsync(node, World.Admin);
            var fill = Path.Combine(disk, "fill");
            await FillAsync(fill);
            await LookAsync(node, stays, leaves, report);
            File.Delete(fill);
            report.AtMost("all is well again after", await World.UntilAsync(async () =>
            {
                using var newcomer = new Client("203.0.113.9");
                await newcomer.SignInAsync(node, World.Admin);
                return newcomer.Key is not null;
            }), 10);
            await stays.SignOutAsync(node);
            report.Is("sign-out after that", $"{(int)await stays.GetAsync(node, "/api/session")}", "401");
        }

        await CheckAsync(connection, workFolder, report);
    }

    private static async Task LookAsync(Node node, Client stays, Client leaves, Report report)
    {
        // The first writes may still fit in what the database has to spare.
        for (var n = 0; n < 60 && await new Client("203.0.113.10").SignInAsync(node, World.Admin) != HttpStatusCode.ServiceUnavailable; n++)
        {
        }

        var start = Stopwatch.GetTimestamp();
        using var newcomer = new Client("203.0.113.11");
        report.Is("a sign-in on the full disk", $"{(int)await newcomer.SignInAsync(node, World.Admin)}", "503");
        report.AtMost("it was refused after", Stopwatch.GetElapsedTime(start).TotalSeconds, 2);
        report.Is("no cookie came with it", newcomer.Key is null ? "none" : "one", "none");
        var living = await stays.GetAsync(node, "/api/session");
        report.Seen("a session from before is answered", $"{(int)living}");
        using var twin = leaves.Twin();
        start = Stopwatch.GetTimestamp();
        var out1 = await leaves.SignOutAsync(node);
        report.AtMost("a sign-out was answered after", Stopwatch.GetElapsedTime(start).TotalSeconds, 2);
        var after = await twin.GetAsync(node, "/api/session");
        report.Holds("a sign-out, and its session after it", $"{(int)out1}, {(int)after}", "302 and 401, or 503", out1 == HttpStatusCode.ServiceUnavailable || after == HttpStatusCode.Unauthorized);
    }

    private static async Task FillAsync(string file)
    {
        await using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1);
        try
        {
            for (var block = new byte[4096]; ;)
            {
                await stream.WriteAsync(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task CheckAsync(string connectionString, string workFolder, Report report)
    {
        await using var connection = new SqliteConnection(connectionString + ";Pooling=False");
        await connection.OpenAsync();
        report.Is("integrity_check", (await ReadAsync(connection, "PRAGMA integrity_check"))[0], "ok");
        var asked = new List<(string, int)>();
        foreach (var (what, sql) in Invariants.Read(workFolder))
        {
            // Times are texts here, and there are no intervals: @now is later by one of them, and the other tolerance falls away.
            var text = sql.Replace(" + interval '5 seconds'", "", StringComparison.Ordinal).Replace(" + interval '65 seconds'", "", StringComparison.Ordinal);
            asked.Add((what, (await ReadAsync(connection, text)).Count));
        }

        report.Invariants(asked);
    }

    private static async Task<List<string>> ReadAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("@now", $"{TimeProvider.System.GetUtcNow().AddSeconds(65):yyyy-MM-dd HH:mm:ss.FFFFFFFzzz}");
        command.Parameters.AddWithValue("@seats", 3);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
        {
            found.Add($"{reader.GetValue(0)}");
        }

        return found;
    }
}
