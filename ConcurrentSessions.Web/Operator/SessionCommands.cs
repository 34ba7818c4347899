using System.CommandLine;
using System.Globalization;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Operator;

/// <summary><c>sessions …</c></summary>
internal static class SessionCommands
{
    private const int PageSize = 200;

    public static Command Of(Desk desk) => new("sessions", "Sessions: list, end") { List(desk), End(desk) };

    private static Command List(Desk desk)
    {
        var email = new Option<string>("--user") { Description = "Only this user's", HelpName = "EMAIL" };
        var command = new Command("list", "Lists active sessions, the latest started first. Times are UTC") { email };
        desk.Act(command, async (parsed, scope, ct) =>
        {
            var typed = parsed.GetValue(email);
            var user = typed is null ? null : await scope.FindUserAsync(typed, ct);
            return typed is not null && user is null
                ? desk.Refuse(People.NoSuchUser(typed))
                : desk.Table(
                    ["ID", "USER", "DEVICE", "IP ADDRESS", "PLACE", "SIGNED IN", "LAST ACTIVE"],
                    await RowsAsync(scope.GetRequiredService<SessionDirectory>(), user?.Id, ct));
        });
        return command;
    }

    private static async Task<List<string[]>> RowsAsync(SessionDirectory sessions, string? userId, CancellationToken ct)
    {
        var rows = new List<string[]>();
        SessionId? next = null;
        do
        {
            var page = await sessions.ReadAsync(userId, next, PageSize, ct);
            rows.AddRange(page.Sessions.Select(Row));
            next = page.Next;
        }
        while (next is not null);

        return rows;
    }

    private static string[] Row(OwnedSession owned)
    {
        var s = owned.Session;
        return [$"{s.Id}", owned.Email, s.DeviceName, s.IpAddress ?? "", s.Place.Text, Utc(s.StartedAt), Utc(s.LastSeenAt)];
    }

    private static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);

    private static Command End(Desk desk)
    {
        var email = new Option<string>("--user") { Description = "All sessions of this user", HelpName = "EMAIL" };
        var id = new Option<string>("--id") { Description = "This session", HelpName = "ID" };
        var all = new Option<bool>("--all") { Description = "All sessions of everybody" };
        var command = new Command("end", "Ends sessions. A verb cannot signal a running portal: it refuses their next request, and closes their open pages within 5 seconds")
        {
            email, id, all,
        };
        command.Validators.Add(parsed =>
        {
            if (new[] { parsed.GetResult(email) is not null, parsed.GetResult(id) is not null, parsed.GetValue(all) }.Count(given => given) != 1)
            {
                parsed.AddError("Say which sessions to end: --user EMAIL, --id ID or --all.");
            }
        });
        desk.Act(command, (parsed, scope, ct) =>
            parsed.GetValue(all) ? EndAllAsync(desk, scope, ct)
            : parsed.GetValue(email) is { } typed ? EndOfUserAsync(desk, scope, typed, ct)
            : EndOneAsync(desk, scope, parsed.GetRequiredValue(id), ct));
        return command;
    }

    private static async Task<int> EndAllAsync(Desk desk, IServiceProvider scope, CancellationToken ct)
    {
        var db = scope.GetRequiredService<PortalDbContext>();
        var pending = db.PendingSignIns;
        var users = await db.Sessions.NotEnded().Select(s => s.UserId).Union(pending.Select(p => p.UserId)).ToListAsync(ct);
        var ended = 0;
        foreach (var user in users)
        {
            ended += (await scope.GetRequiredService<UserAdministration>().EndAllSessionsAsync(user, Actor.Operator, ct)).Ended;
        }

        return desk.Say($"Sessions ended: {ended}.");
    }

    private static async Task<int> EndOfUserAsync(Desk desk, IServiceProvider scope, string email, CancellationToken ct)
    {
        if (await scope.FindUserAsync(email, ct) is not { } user)
        {
            return desk.Refuse(People.NoSuchUser(email));
        }

        var (result, ended) = await scope.GetRequiredService<UserAdministration>().EndAllSessionsAsync(user.Id, Actor.Operator, ct);
        return result.Problem is { } problem ? desk.Refuse(problem) : desk.Say($"Sessions of {user.Email} ended: {ended}.");
    }

    private static async Task<int> EndOneAsync(Desk desk, IServiceProvider scope, string typed, CancellationToken ct)
    {
        if (!SessionId.TryParse(typed, null, out var id)
            || await scope.GetRequiredService<SessionList>().FindAsync(id, ct) is not { } session)
        {
            return desk.Refuse($"There is no session '{typed}'.");
        }

        if (session.EndedAt is { } at)
        {
            return desk.Refuse($"Session {id} ended before, at {Utc(at)} ({session.EndReason}).");
        }

        var result = await scope.GetRequiredService<UserAdministration>().EndSessionAsync(session.UserId, id, Actor.Operator, ct);
        return result.Problem is { } problem ? desk.Refuse(problem) : desk.Say($"Session {id} ended.");
    }
}
