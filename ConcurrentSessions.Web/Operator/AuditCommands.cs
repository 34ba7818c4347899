using System.CommandLine;
using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Web.Operator;

/// <summary><c>audit …</c></summary>
internal static class AuditCommands
{
    public static Command Of(Desk desk) => new("audit", "The audit trail: verify, export") { Verify(desk), Export(desk) };

    private static Command Verify(Desk desk)
    {
        var command = new Command("verify", "Checks that the trail tells the beginning of every session and the end of every ended one");
        desk.Act(command, async (_, scope, ct) =>
        {
            var check = await TrailCheck.RunAsync(scope.GetRequiredService<PortalDbContext>(), ct);
            desk.Say($"Events: {check.Events}. Sessions: {check.Sessions}.");
            desk.Say($"Events whose time is before that of an earlier one: {check.OutOfOrder}.");
            Name(desk, "Sessions without the event of their beginning", check.WithoutStart);
            Name(desk, "Ended sessions without the event of their end", check.WithoutEnd);
            return check.WithoutStart.Count + check.WithoutEnd.Count == 0
                ? desk.Say("Nothing is missing.")
                : desk.Refuse("The audit trail lacks events.");
        });
        return command;
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
            Description = "JSON, an object a line; or CSV, safe to open in a spreadsheet", Required = true, HelpName = "jsonl|csv",
        };
        format.AcceptOnlyFromAmong("jsonl", "csv");
        var command = new Command("export", "Writes the whole trail to the standard output, oldest first") { format };
        desk.Act(command, async (parsed, scope, ct) =>
        {
            var db = scope.GetRequiredService<PortalDbContext>();
            await (parsed.GetRequiredValue(format) == "csv"
                ? AuditExport.WriteCsvAsync(db, desk.Output, ct)
                : AuditExport.WriteJsonLinesAsync(db, desk.Output, ct));
            return Desk.Done;
        });
        return command;
    }
}
