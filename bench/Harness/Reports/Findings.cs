namespace ConcurrentSessions.Bench.Reports;

/// <summary>What one part found.</summary>
/// <param name="Series">The figure of every round or sample, by name: the tables can be computed again from these.</param>
internal sealed record Findings(
    IReadOnlyList<Table> Tables, IReadOnlyList<Goal> Goals, IReadOnlyDictionary<string, IReadOnlyList<double>> Series);

/// <param name="Note">Stands below the table; may be empty.</param>
internal sealed record Table(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, string Note = "");

/// <summary>A goal of the issue beside what was measured.</summary>
internal sealed record Goal(string What, string Wanted, string Measured, bool Met)
{
    public static Goal AtLeast(string what, double wanted, double measured) =>
        new(what, $"at least {wanted:0.00}", $"{measured:0.00}", measured >= wanted);

    public static Goal Below(string what, double wanted, double measured, string unit) =>
        new(what, $"under {wanted:0.##} {unit}", $"{measured:0.##} {unit}", measured < wanted);
}
