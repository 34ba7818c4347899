using System.Diagnostics;
using ConcurrentSessions.Web.Audit;
using Microsoft.Extensions.DependencyInjection;

namespace ConcurrentSessions.Tests.Support;

/// <summary>What an auditor does with an exported ledger, without the portal: tools/verify-audit.py.</summary>
public sealed record StandAloneCheck(int Code, string Answer)
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "verify-audit.py");

    /// <param name="lines">Of the export, as they are or as somebody has left them.</param>
    /// <param name="checkpoints">The file outside the database, if it was handed over too.</param>
    public static async Task<StandAloneCheck> RunAsync(PortalFactory portal, IEnumerable<string> lines, string? checkpoints = null)
    {
        var export = Path.Combine(portal.Database.Folder, "export.jsonl");
        var key = Path.Combine(portal.Database.Folder, "public.pem");
        await File.WriteAllLinesAsync(export, lines);
        await File.WriteAllTextAsync(key, portal.Services.GetRequiredService<Ledger>().PublicKey);
        var start = new ProcessStartInfo("python3", [Script, export, "--key", key, .. checkpoints is null ? Array.Empty<string>() : ["--checkpoints", checkpoints]])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var answer = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new(process.ExitCode, answer.Trim());
    }

    public static async Task<string[]> ExportAsync(PortalFactory portal) =>
        (await OperatorConsole.RunAsync(portal, "audit export --format jsonl")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
