using System.CommandLine;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Web.Operator;

/// <summary><c>audit …</c></summary>
internal static class AuditCommands
{
    public static Command Of(Desk desk) => new("audit", "The audit ledger: verify, export, key") { Verify(desk), Export(desk), Key(desk) };

    private static Command Verify(Desk desk)
    {
        var command = new Command("verify", "Checks that nobody edited the ledger, and that it tells the beginning of every session and the end of every ended one");
        desk.Act(command, async (_, scope, ct) =>
        {
            var ledger = await scope.GetRequiredService<LedgerCheck>().RunAsync(null, ct);
            desk.Say(ledger.Sentence);
            var told = await TellAsync(desk, scope, ct);
            return ledger.Problem is not null ? desk.Refuse("The audit ledger is not what was written.")
                : told ? desk.Say("Nothing is missing.")
                : desk.Refuse("The audit trail lacks events.");
        });
        return command;
    }

    private static async Task<bool> TellAsync(Desk desk, IServiceProvider scope, CancellationToken ct)
    {
        var check = await TrailCheck.RunAsync(scope.GetRequiredService<PortalDbContext>(), ct);
        desk.Say($"Events: {check.Events}. Sessions: {check.Sessions}.");
        desk.Say($"Events whose time is before that of an earlier one: {check.OutOfOrder}.");
        Name(desk, "Sessions without the event of their beginning", check.WithoutStart);
        Name(desk, "Ended sessions without the event of their end", check.WithoutEnd);
        return check.WithoutStart.Count + check.WithoutEnd.Count == 0;
    }

    private static void Name(Desk desk, string what, IReadOnlyList<Guid> sessions)
    {
        desk.Say($"{what}: {sessions.Count}{(sessions.Count == 0 ? "." : ":")}");
        foreach (var session in sessions)
        {
            desk.Say($"  {session}");
        }
    }

    private static Command Export(Desk desk)
    {
        var format = new Option<string>("--format")
        {
            Description = "JSON, an object a line, with all that a check of the ledger needs; or CSV, safe to open in a spreadsheet",
            Required = true,
            HelpName = "jsonl|csv",
        };
        format.AcceptOnlyFromAmong("jsonl", "csv");
        var command = new Command("export", "Writes the whole trail to the standard output, oldest first, and writes down that it did") { format };
        desk.Act(command, async (parsed, scope, ct) =>
        {
            var export = scope.GetRequiredService<AuditExport>();
            await (parsed.GetRequiredValue(format) == "csv"
                ? export.WriteCsvAsync(desk.Output, Actor.Operator, ct)
                : export.WriteJsonLinesAsync(desk.Output, Actor.Operator, ct));
            return Desk.Done;
        });
        return command;
    }

    private static Command Key(Desk desk)
    {
        var command = new Command("key", "Prints the public key of the checkpoints, for auditors");
        desk.ActAlways(command, (_, scope, _) => Task.FromResult(scope.GetRequiredService<Ledger>().PublicKey is { } key
            ? desk.Say(key)
            : desk.Refuse("Nothing is signed: Audit:SigningKey is not set.")));
        return command;
    }
}
