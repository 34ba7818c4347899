using ConcurrentSessions.Web.Operator;

namespace ConcurrentSessions.Tests.Support;

/// <summary>What an operator typed, and what the program answered.</summary>
public sealed record OperatorConsole(int Code, string Output, string Error)
{
    public static Task<OperatorConsole> RunAsync(PortalFactory portal, string line) => RunAsync(portal.Services, line);

    /// <param name="line">Words, separated by single spaces.</param>
    public static async Task<OperatorConsole> RunAsync(IServiceProvider services, string line, string typed = "")
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        using var input = new StringReader(typed);
        var code = await OperatorCommands.RunAsync(line.Split(' '), services, output, error, input);
        return new(code, output.ToString(), error.ToString());
    }
}
