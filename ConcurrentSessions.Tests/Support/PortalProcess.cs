using System.Diagnostics;
using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Tests.Support;

/// <summary>The program itself, as an operator starts it in Production.</summary>
internal static class PortalProcess
{
    /// <summary>Starts it with settings that keep it from going on.</summary>
    /// <returns>The code it ended with and what it wrote to the standard error.</returns>
    public static async Task<(int Code, string Said)> StartAsync(params (string Key, string? Value)[] settings)
    {
        using var program = new Process();
        program.StartInfo = new("dotnet", [typeof(PortalDbContext).Assembly.Location, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        program.StartInfo.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        (string Key, string? Value)[] usual =
        [
            ("AllowedHosts", "portal.example"),
            ("Portal:PublicUrl", "https://portal.example"),
            ("ConnectionStrings:Portal", $"Data Source={Path.GetTempPath()}/never-made-{Guid.NewGuid():N}.db"),
        ];
        foreach (var (key, value) in usual.Concat(settings))
        {
            program.StartInfo.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        program.Start();
        var said = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        return (program.ExitCode, said.Trim());
    }
}
