using System.CommandLine;
using System.CommandLine.Invocation;

namespace ConcurrentSessions.Web.Operator;

/// <summary>The operator's verbs: the same program, settings and rules as the portal, without its pages and workers.</summary>
public static class OperatorCommands
{
    private const int WrongUsage = 2;
    private static readonly string[] Help = ["--help", "-h", "-?", "--version"];

    /// <summary>
    /// Whether these arguments ask for a verb: their first word is one (or is mistaken for one), or they ask for help.
    /// Settings on the command line alone (<c>--urls …</c>, <c>--Database:Provider=…</c>) start the portal.
    /// </summary>
    public static bool IsVerb(string[] args) => WithoutSettings(args).FirstOrDefault() is { } first
        && (Help.Contains(first) || first is not ['-' or '/', ..]);

    /// <returns>0 done, 1 refused, 2 wrong usage.</returns>
    /// <param name="services">Of the built program, which need not have started.</param>
    public static Task<int> RunAsync(string[] args, IServiceProvider services, CancellationToken ct = default) =>
        RunAsync(args, services, Console.Out, Console.Error, Console.In, ct);

    /// <inheritdoc cref="RunAsync(string[], IServiceProvider, CancellationToken)"/>
    public static async Task<int> RunAsync(
        string[] args, IServiceProvider services, TextWriter output, TextWriter error, TextReader input, CancellationToken ct = default)
    {
        var parsed = Root(new Desk(services, output, error, input)).Parse(WithoutSettings(args));
        var code = await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, ct);
        return parsed.Action is ParseErrorAction ? WrongUsage : code;
    }

    /// <summary>Verbs print answers to the standard output; what the program logs goes to the standard error, warnings and worse.</summary>
    public static void UseOperatorLogging(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter(level => level >= LogLevel.Warning);
    }

    private static RootCommand Root(Desk desk) => new(
        "ConcurrentSessions. Without a verb the portal starts; with one it is done and the program ends: 0 done, 1 refused, 2 wrong usage.")
    {
        UserCommands.Of(desk),
        RoleCommands.Of(desk),
        SessionCommands.Of(desk),
        AuditCommands.Of(desk),
        DatabaseCommands.Of(desk),
    };

    // The host has read them: --Section:Key=value.
    private static string[] WithoutSettings(string[] args) =>
        [.. args.Where(a => !(a.StartsWith("--", StringComparison.Ordinal) && a.Split('=') is [var key, _, ..] && key.Contains(':')))];
}
