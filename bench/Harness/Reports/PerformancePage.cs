namespace ConcurrentSessions.Bench.Reports;

/// <summary>docs/performance.md: the text of bench/performance.template.md, with {{part}} and {{goals}} filled in from the results.</summary>
internal static class PerformancePage
{
    public static async Task WriteAsync(Arguments arguments, IEnumerable<string> parts)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(arguments.BenchFolder, "performance.template.md"));
        var goals = new List<Goal>();
        foreach (var part in parts)
        {
            var result = await ResultFile.ReadAsync(arguments.ResultFolder, part);
            goals.AddRange(result?.Findings.Goals ?? []);
            page = page.Replace($"{{{{{part}}}}}", result?.Markdown().TrimEnd() ?? "Not measured yet.", StringComparison.Ordinal);
        }

        page = page.Replace("{{goals}}", Lines(goals), StringComparison.Ordinal);
        await File.WriteAllTextAsync(Path.Combine(arguments.BenchFolder, "..", "docs", "performance.md"), page);
    }

    private static string Lines(IEnumerable<Goal> goals) => ResultFile.Lines(new Table(
        "", ["what", "goal", "measured", ""], [.. goals.Select(g => new[] { g.What, g.Wanted, g.Measured, g.Met ? "met" : "**missed**" })])).TrimEnd();
}
