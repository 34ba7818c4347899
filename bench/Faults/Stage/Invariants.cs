namespace ConcurrentSessions.Bench.Stage;

/// <summary>The statements of bench/invariants.sql, each with what it looks for.</summary>
internal static class Invariants
{
    public static IEnumerable<(string What, string Sql)> Read(string workFolder) =>
        File.ReadAllText(Path.Combine(workFolder, "..", "invariants.sql")).Split("\n\n").Skip(1)
            .Select(text => text.Split('\n', 2)).Select(parts => (parts[0][3..], parts[1]));
}
