namespace ConcurrentSessions.Bench;

/// <summary>What the command line asks for, and where things are.</summary>
internal sealed record Arguments(IReadOnlyList<string> Parts, bool Quick, bool Long, string BenchFolder)
{
    public string WorkFolder => Path.Combine(BenchFolder, ".work");

    /// <summary>A quick run proves nothing, so it leaves the recorded figures alone.</summary>
    public string ResultFolder => Quick ? Path.Combine(WorkFolder, "results") : Path.Combine(BenchFolder, "results");

    public int Rounds => Quick ? 2 : 5;

    public static Arguments Read(string[] given, IReadOnlyCollection<string> known)
    {
        var parts = given.Where(a => !a.StartsWith("--", StringComparison.Ordinal)).ToList();
        var strangers = given.Where(a => a is not ("--quick" or "--long") && !known.Contains(a)).ToList();
        if (strangers.Count > 0)
        {
            throw new ArgumentException($"'{strangers[0]}' is neither --quick, --long nor one of: {string.Join(", ", known)}");
        }

        return new(parts.Count == 0 ? [.. known] : parts, given.Contains("--quick"), given.Contains("--long"), FindBenchFolder());
    }

    /// <summary>Either the usual amount or the one of a quick run.</summary>
    public int Amount(int usual, int quick) => Quick ? quick : usual;

    private static string FindBenchFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "run.sh")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("Start the harness by bench/run.sh.");
    }
}
