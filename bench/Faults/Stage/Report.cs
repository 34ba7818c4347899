using System.Text;

namespace ConcurrentSessions.Bench.Stage;

/// <summary>What was seen, what was promised, and whether the one keeps the other.</summary>
internal sealed class Report
{
    private readonly List<(string Fault, string What, string Seen, string Promised, bool Held)> lines = [];
    private string fault = "";

    public bool AllHeld => lines.TrueForAll(l => l.Held);

    public void Begin(string name) => fault = name;

    public void Seen(string what, string seen) => Add(what, seen, "", held: true);

    public void None(string what, int seen, string? examples = null) => Add(what, examples is null ? $"{seen}" : $"{seen} ({examples})", "0", seen == 0);

    /// <summary>One line for all statements of bench/invariants.sql.</summary>
    public void Invariants(IReadOnlyCollection<(string What, int Rows)> asked)
    {
        var broken = asked.Where(a => a.Rows > 0).Select(a => $"{a.What}: {a.Rows}").ToList();
        Add($"what breaks one of {asked.Count} invariants", broken.Count == 0 ? "0" : string.Join("; ", broken), "0", broken.Count == 0);
    }

    public void AtMost(string what, double seconds, double most) => Add(what, $"{seconds:0.00} s", $"at most {most:0.#} s", seconds <= most);

    public void Is(string what, string seen, string promised) => Add(what, seen, promised, seen == promised);

    public void Holds(string what, string seen, string promised, bool held) => Add(what, seen, promised, held);

    public void Broken(string what, string seen) => Add(what, seen.ReplaceLineEndings(" "), "", held: false);

    public override string ToString()
    {
        var table = new StringBuilder("\n| fault | what | seen | promised | held |\n| --- | --- | --- | --- | --- |\n");
        lines.ForEach(l => table.AppendLine($"| {l.Fault} | {l.What} | {l.Seen} | {l.Promised} | {(l.Held ? "yes" : "**no**")} |"));
        return table.ToString();
    }

    private void Add(string what, string seen, string promised, bool held)
    {
        lines.Add((fault, what, seen, promised, held));
        Say.Line($"{(held ? "" : "BROKEN: ")}{what}: {seen}");
    }
}
