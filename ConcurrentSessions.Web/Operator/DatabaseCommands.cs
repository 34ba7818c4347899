using System.CommandLine;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Users;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Operator;

/// <summary><c>database …</c></summary>
internal static class DatabaseCommands
{
    public static Command Of(Desk desk) => new("database", "The database: migrate") { Migrate(desk) };

    private static Command Migrate(Desk desk)
    {
        var command = new Command("migrate", "Creates the database when there is none, brings it to the newest schema and adds what every portal has");
        desk.ActAlways(command, async (_, scope, ct) =>
        {
            var db = scope.GetRequiredService<PortalDbContext>();
            await scope.MigratePortalDatabaseAsync(ct);
            await scope.GetRequiredService<Ledger>().TakeUpOldEventsAsync(ct);
            await scope.GetRequiredService<Bootstrap>().RunAsync(offerLink: false, ct);
            return desk.Say($"The database is up to date ({(await db.Database.GetAppliedMigrationsAsync(ct)).LastOrDefault() ?? "no migrations"}).");
        });
        return command;
    }
}
