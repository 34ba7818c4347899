using System.CommandLine;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;

namespace ConcurrentSessions.Web.Operator;

/// <summary><c>roles …</c></summary>
internal static class RoleCommands
{
    public static Command Of(Desk desk) => new("roles", "Roles: set-limit") { SetLimit(desk) };

    private static Command SetLimit(Desk desk)
    {
        var role = new Argument<string>("ROLE") { Description = "The role's name" };
        var limit = new Argument<string>("N|unlimited") { Description = $"How many sessions a user of the role may have at once: {LimitWords.Allowed}" };
        var whenFull = new Option<string>("--when-full")
        {
            Description = "What a sign-in meets when every seat is taken; unless said, it stays as it is", HelpName = "ask|evict|refuse",
        };
        limit.Validators.Add(typed =>
        {
            if (!LimitWords.TryReadSeats(typed.GetValueOrDefault<string>(), out _))
            {
                typed.AddError($"'{typed.GetValueOrDefault<string>()}' is no limit; it must be {LimitWords.Allowed}.");
            }
        });
        whenFull.Validators.Add(typed =>
        {
            if (!LimitWords.TryReadWhenFull(typed.GetValueOrDefault<string>(), out _))
            {
                typed.AddError($"--when-full is '{typed.GetValueOrDefault<string>()}'; it must be ask, evict or refuse.");
            }
        });
        var command = new Command("set-limit", "Sets how many sessions users of a role may have at once, from their next sign-ins on")
        {
            role, limit, whenFull,
        };
        desk.Act(command, (parsed, scope, ct) => SetLimitAsync(
            desk, scope, parsed.GetRequiredValue(role), parsed.GetRequiredValue(limit), parsed.GetValue(whenFull), ct));
        return command;
    }

    private static async Task<int> SetLimitAsync(
        Desk desk, IServiceProvider scope, string role, string typed, string? typedWhenFull, CancellationToken ct)
    {
        var roles = await scope.GetRequiredService<RoleLimits>().ListAsync(ct);
        if (roles.FirstOrDefault(r => string.Equals(r.Role, role, StringComparison.OrdinalIgnoreCase)) is not { } found)
        {
            return desk.Refuse(People.NoSuchRole(role, roles.Select(r => r.Role)));
        }

        LimitWords.TryReadSeats(typed, out var seats);
        var whenFull = LimitWords.TryReadWhenFull(typedWhenFull, out var asked) ? asked : found.Rules.Limit.WhenFull;
        var rules = found.Rules with { Limit = SessionLimit.Of(seats, whenFull) };
        var (result, _) = await scope.GetRequiredService<UserAdministration>()
            .ChangeRoleAsync(found.Role, rules, enforceNow: false, Actor.Operator, ct);
        return result.Problem is { } problem ? desk.Refuse(problem) : desk.Say($"{found.Role}: {rules}.");
    }
}
