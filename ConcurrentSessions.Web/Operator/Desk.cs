using System.CommandLine;
using System.Data.Common;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Operator;

/// <summary>Where a verb finds the program's services and leaves its answers.</summary>
internal sealed class Desk(IServiceProvider services, TextWriter output, TextWriter error, TextReader input)
{
    public const int Done = 0;
    public const int Refused = 1;

    public TextWriter Output => output;

    public TextReader Input => input;

    /// <summary>The verb's work, in a scope of its own, once the database is known to be up to date.</summary>
    public void Act(Command command, Func<ParseResult, IServiceProvider, CancellationToken, Task<int>> act) => ActAlways(command, async (parsed, scope, ct) =>
    {
        await using (var db = await scope.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(ct))
        {
            if ((await db.Database.GetPendingMigrationsAsync(ct)).Any())
            {
                return Refuse("The database is not migrated: run 'database migrate' first, or start the portal once.");
            }
        }

        return await act(parsed, scope, ct);
    });

    /// <summary>The same, whatever state the database is in.</summary>
    public void ActAlways(Command command, Func<ParseResult, IServiceProvider, CancellationToken, Task<int>> act) => command.SetAction(async (parsed, ct) =>
    {
        try
        {
            await using var scope = services.CreateAsyncScope();
            return await act(parsed, scope.ServiceProvider, ct);
        }
        catch (Exception failure) when (Sentence(failure) is { } sentence)
        {
            return Refuse(sentence);
        }
    });

    public int Say(string sentence)
    {
        output.WriteLine(sentence);
        return Done;
    }

    public int Refuse(string sentence)
    {
        error.WriteLine(sentence);
        return Refused;
    }

    /// <summary>Rows under headings. Control characters, which terminals obey, are left out.</summary>
    public int Table(string[] headings, IReadOnlyList<string[]> rows)
    {
        string[][] lines = [headings, .. rows.Select(r => r.Select(Printable).ToArray())];
        var widths = headings.Select((_, i) => lines.Max(l => l[i].Length)).ToArray();
        foreach (var line in lines)
        {
            output.WriteLine(string.Join("  ", line.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
        }

        return Done;
    }

    private static string Printable(string cell) => string.Concat(cell.Where(c => !char.IsControl(c)));

    private static string? Sentence(Exception failure) => failure switch
    {
        OperationCanceledException => "Interrupted.",
        DbUpdateConcurrencyException => "The user was changed by somebody else at the same time: try again.",
        DbException or DbUpdateException => $"The database refused: {failure.GetBaseException().Message}",
        IOException => failure.Message,
        _ => StartProblem.Sentence(failure),
    };
}
