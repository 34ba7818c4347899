using System.Text;
using System.Text.Json;
using System.Text.Encodings.Web;

namespace ConcurrentSessions.Bench.Reports;

/// <summary>The result of one part: a table to read (.md) and every figure behind it (.json).</summary>
internal sealed record ResultFile(string Part, string Measured, int Rounds, Findings Findings)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public async Task WriteAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, Part + ".md"), Markdown());
        await File.WriteAllTextAsync(Path.Combine(folder, Part + ".json"), JsonSerializer.Serialize(this, Json) + "\n");
    }

    public static async Task<ResultFile?> ReadAsync(string folder, string part)
    {
        var file = Path.Combine(folder, part + ".json");
        return File.Exists(file) ? JsonSerializer.Deserialize<ResultFile>(await File.ReadAllTextAsync(file), Json) : null;
    }

    public string Markdown()
    {
        var text = new StringBuilder();
        foreach (var table in Findings.Tables)
        {
            text.Append($"**{table.Title}**\n\n{Lines(table)}\n");
            if (table.Note.Length > 0)
            {
                text.Append($"{table.Note}\n\n");
            }
        }

        return text.Append($"Measured {Measured}.\n").ToString();
    }

    public static string Lines(Table table)
    {
        var text = new StringBuilder();
        text.Append($"| {string.Join(" | ", table.Columns)} |\n| {string.Join(" | ", table.Columns.Select((_, i) => i == 0 ? "---" : "---:"))} |\n");
        foreach (var row in table.Rows)
        {
            text.Append($"| {string.Join(" | ", row)} |\n");
        }

        return text.ToString();
    }
}
