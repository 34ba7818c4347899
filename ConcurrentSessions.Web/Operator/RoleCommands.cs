using System.CommandLine;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;

namespace ConcurrentSessions.Web.Operator;

/// <summary><c>roles …</c></summary>
internal static class RoleCommands
{
    private const string Required = "required";

    public static Command Of(Desk desk) => new("roles", "Roles: set-limit, set-second-factor") { SetLimit(desk), SetSecondFactor(desk) };

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
        LimitWords.TryReadSeats(typed, out var seats);
        return await ChangeAsync(desk, scope, role, rules =>
        {
            var whenFull = LimitWords.TryReadWhenFull(typedWhenFull, out var asked) ? asked : rules.Limit.WhenFull;
            return rules with { Limit = SessionLimit.Of(seats, whenFull) };
        }, ct);
    }

    private static Command SetSecondFactor(Desk desk)
    {
        var role = new Argument<string>("ROLE") { Description = "The role's name" };
        var required = new Argument<string>("required|optional")
        {
            Description = "Whether who has no authenticator app and no passkey can do nothing but set one up",
        };
        required.AcceptOnlyFromAmong(Required, "optional");
        var command = new Command("set-second-factor", "Says whether users of a role must have a second factor, from now on") { role, required };
        desk.Act(command, (parsed, scope, ct) => ChangeAsync(
            desk, scope, parsed.GetRequiredValue(role),
            rules => rules with { SecondFactorRequired = parsed.GetRequiredValue(required) == Required }, ct));
        return command;
    }

    private static async Task<int> ChangeAsync(
        Desk desk, IServiceProvider scope, string role, Func<SessionRules, SessionRules> change, CancellationToken ct)
    {
        var roles = await scope.GetRequiredService<RoleLimits>().ListAsync(ct);
        if (roles.FirstOrDefault(r => string.Equals(r.Role, role, StringComparison.OrdinalIgnoreCase)) is not { } found)
        {
            return desk.Refuse(People.NoSuchRole(role, roles.Select(r => r.Role)));
        }

        var rules = change(found.Rules);
        var (result, _) = await scope.GetRequiredService<UserAdministration>()
            .ChangeRoleAsync(found.Role, rules, enforceNow: false, Actor.Operator, ct);
        return result.Problem is { } problem ? desk.Refuse(problem) : desk.Say($"{found.Role}: {rules}.");
    }
}
