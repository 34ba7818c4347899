using System.CommandLine;
using System.Text;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Operator;

/// <summary><c>users …</c></summary>
internal static class UserCommands
{
    public static Command Of(Desk desk) => new("users", "Users: add, list, disable, enable")
    {
        Add(desk),
        List(desk),
        Switch(desk, "disable", "Disables an account and ends all its sessions",
            user => user.IsDisabled, (users, id, ct) => users.DisableAsync(id, Actor.Operator, ct)),
        Switch(desk, "enable", "Lets a disabled account sign in again",
            user => !user.IsDisabled, (users, id, ct) => users.EnableAsync(id, Actor.Operator, ct)),
    };

    private static Command Add(Desk desk)
    {
        var email = Email();
        var roles = new Option<string[]>("--role")
        {
            Description = "A role of the user; may be given more than once. Without it: User", HelpName = "ROLE",
        };
        var passwordFromInput = new Option<bool>("--password-stdin")
        {
            Description = "Reads the password from the first line of the standard input",
        };
        var command = new Command("add", "Adds a user. Without a password it prints a one-time link to set one")
        {
            email, roles, passwordFromInput,
        };
        desk.Act(command, (parsed, scope, ct) => AddAsync(
            desk, scope, parsed.GetRequiredValue(email).Trim(), parsed.GetValue(roles) ?? [], parsed.GetValue(passwordFromInput), ct));
        return command;
    }

    private static async Task<int> AddAsync(Desk desk, IServiceProvider scope, string email, string[] typed, bool readPassword, CancellationToken ct)
    {
        var (roles, problem) = await RolesAsync(scope, typed is [] ? [Roles.User] : typed, ct);
        if (problem is not null)
        {
            return desk.Refuse(problem);
        }

        var password = readPassword ? await desk.Input.ReadLineAsync(ct) ?? "" : null;
        var made = await scope.GetRequiredService<Bootstrap>().AddUserAsync(email, password, roles, Actor.Operator, ct);
        if (!made.Succeeded)
        {
            return desk.Refuse(string.Join(' ', made.Errors.Select(e => e.Description).Distinct()));
        }

        desk.Say($"Added {email} ({string.Join(", ", roles)}).");
        return password is null ? desk.Say($"Set a password with this link, once, within an hour: {await LinkAsync(scope, email, ct)}") : Desk.Done;
    }

    private static async Task<(IReadOnlyList<string> Roles, string? Problem)> RolesAsync(IServiceProvider scope, string[] typed, CancellationToken ct)
    {
        var all = await scope.GetRequiredService<PortalDbContext>().Roles.Select(r => r.Name!).ToListAsync(ct);
        var unknown = typed.FirstOrDefault(t => !all.Contains(t, StringComparer.OrdinalIgnoreCase));
        return unknown is null
            ? ([.. all.Where(r => typed.Contains(r, StringComparer.OrdinalIgnoreCase))], null)
            : ([], People.NoSuchRole(unknown, all));
    }

    private static async Task<Uri> LinkAsync(IServiceProvider scope, string email, CancellationToken ct)
    {
        var (users, db) = (scope.GetRequiredService<UserManager<PortalUser>>(), scope.GetRequiredService<PortalDbContext>());
        var user = await users.FindByEmailAsync(email) ?? throw new InvalidOperationException("The user just added is gone.");
        var token = await users.GeneratePasswordResetTokenAsync(user);
        var now = scope.GetRequiredService<TimeProvider>().GetUtcNow();
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.SetUpLinkMade, Actor.Operator, now, subject: user.Id));
        await db.SaveChangesAsync(ct);
        return scope.GetRequiredService<PublicLinks>()
            .To("/Account/ResetPassword", ("code", WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(token))));
    }

    private static Command List(Desk desk)
    {
        var command = new Command("list", "Lists all users with their roles, state and active sessions");
        desk.Act(command, async (_, scope, ct) =>
        {
            var directory = scope.GetRequiredService<UserDirectory>();
            var rows = new List<string[]>();
            UserPage page;
            var number = 0;
            do
            {
                page = await directory.SearchAsync(null, null, number++, ct);
                rows.AddRange(page.Users.Select(u => new[] { u.Email, string.Join(",", u.Roles), $"{u.State}", $"{u.ActiveSessions}" }));
            }
            while (page.Users.Count == UserDirectory.PageSize);

            return desk.Table(["EMAIL", "ROLES", "STATE", "SESSIONS"], rows);
        });
        return command;
    }

    private static Command Switch(
        Desk desk, string name, string description,
        Func<PortalUser, bool> isDone, Func<UserAdministration, string, CancellationToken, Task<AdministrationResult>> act)
    {
        var email = Email();
        var command = new Command(name, description) { email };
        desk.Act(command, async (parsed, scope, ct) =>
        {
            var typed = parsed.GetRequiredValue(email);
            if (await scope.FindUserAsync(typed, ct) is not { } user)
            {
                return desk.Refuse(People.NoSuchUser(typed));
            }

            if (isDone(user))
            {
                return desk.Say($"{user.Email} is {name}d already.");
            }

            var result = await act(scope.GetRequiredService<UserAdministration>(), user.Id, ct);
            var ended = result.Ended.Count > 0 ? $"; sessions ended: {result.Ended.Count}" : "";
            return result.Problem is { } problem ? desk.Refuse(problem) : desk.Say($"{user.Email} is {name}d{ended}.");
        });
        return command;
    }

    private static Argument<string> Email() => new("EMAIL") { Description = "The user's e-mail address" };
}
