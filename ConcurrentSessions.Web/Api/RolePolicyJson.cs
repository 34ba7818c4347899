using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Api;

/// <summary>A role's rules and whom they concern now.</summary>
/// <param name="Limit">A whole number from 1 to 1000, or "unlimited".</param>
/// <param name="WhenFull">ask, evict or refuse.</param>
/// <param name="IdleTimeout">Like 00:30:00, or 14.00:00:00 with days.</param>
/// <param name="AbsoluteLifetime">Like <paramref name="IdleTimeout"/>.</param>
/// <param name="SecondFactorRequired">Whether who has no authenticator app and no passkey can do nothing but set one up.</param>
/// <param name="IsDefault">Nobody has changed it: the settings' values hold.</param>
/// <param name="Users">Members of the role.</param>
/// <param name="Sessions">Their active sessions.</param>
public sealed record RolePolicyJson(
    string Role, JsonNode Limit, string WhenFull, string IdleTimeout, string AbsoluteLifetime, RememberMeJson RememberMe,
    bool SecondFactorRequired, bool IsDefault, int Users, int Sessions)
{
    internal static RolePolicyJson Of(RoleLimitView view)
    {
        var (limit, lifetime, mayRemember, remembered) = view.Rules;
        return new(
            view.Role, limit.Seats is { } seats ? seats : LimitWords.Unlimited, limit.WhenFull.Word(),
            Text(lifetime.IdleTimeout), Text(lifetime.AbsoluteLifetime),
            new(mayRemember, Text(remembered.IdleTimeout), Text(remembered.AbsoluteLifetime)),
            view.Rules.SecondFactorRequired, view.IsDefault, view.Users, view.Sessions);
    }

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);
}

/// <param name="Allowed">Whether "Remember me" is honoured.</param>
/// <param name="IdleTimeout">Of remembered sessions.</param>
/// <param name="AbsoluteLifetime">Of remembered sessions.</param>
public sealed record RememberMeJson(bool? Allowed, string? IdleTimeout, string? AbsoluteLifetime);

/// <summary>New rules for a role; all of them, but for <paramref name="SecondFactorRequired"/> and <paramref name="Enforce"/>.</summary>
/// <param name="Limit">A whole number from 1 to 1000, or "unlimited".</param>
/// <param name="WhenFull">ask, evict or refuse.</param>
/// <param name="IdleTimeout">Like 00:30:00, or 14.00:00:00 with days.</param>
/// <param name="AbsoluteLifetime">Like <paramref name="IdleTimeout"/>.</param>
/// <param name="SecondFactorRequired">Holds at once; unless said, it stays as it is.</param>
/// <param name="Enforce">A lower limit holds "now" (the least recently used end) or, unless said, from the "nextSignIn".</param>
public sealed record RolePolicyChangeJson(
    JsonElement Limit, string? WhenFull, string? IdleTimeout, string? AbsoluteLifetime, RememberMeJson? RememberMe,
    bool? SecondFactorRequired, string? Enforce)
{
    /// <returns>One sentence on what is wrong, or null.</returns>
    internal string? Read(SessionRules before, out SessionRules? rules, out bool enforceNow)
    {
        rules = null;
        enforceNow = string.Equals(Enforce, "now", StringComparison.OrdinalIgnoreCase);
        if (!TryReadLimit(out var seats))
        {
            return $"limit must be {LimitWords.Allowed}.";
        }

        if (!LimitWords.TryReadWhenFull(WhenFull, out var whenFull))
        {
            return "whenFull must be ask, evict or refuse.";
        }

        if (!enforceNow && Enforce is not null && !string.Equals(Enforce, "nextSignIn", StringComparison.OrdinalIgnoreCase))
        {
            return "enforce must be now or nextSignIn.";
        }

        var problem = ReadTimes(SessionLimit.Of(seats, whenFull), out rules);
        rules = rules is null ? null : rules with { SecondFactorRequired = SecondFactorRequired ?? before.SecondFactorRequired, Responses = before.Responses, EvictionNotice = before.EvictionNotice };
        return problem;
    }

    private string? ReadTimes(SessionLimit limit, out SessionRules? rules)
    {
        rules = null;
        if (RememberMe?.Allowed is not { } mayRemember)
        {
            return "rememberMe must be an object with allowed, idleTimeout and absoluteLifetime.";
        }

        (string Name, string? Text)[] times =
        [
            ("idleTimeout", IdleTimeout), ("absoluteLifetime", AbsoluteLifetime),
            ("rememberMe.idleTimeout", RememberMe.IdleTimeout), ("rememberMe.absoluteLifetime", RememberMe.AbsoluteLifetime),
        ];
        var read = new TimeSpan[times.Length];
        for (var i = 0; i < times.Length; i++)
        {
            if (!TimeSpan.TryParseExact(times[i].Text, [@"hh\:mm\:ss", @"d\.hh\:mm\:ss"], CultureInfo.InvariantCulture, out read[i]))
            {
                return $"{times[i].Name} must be a duration like 00:30:00, or 14.00:00:00 with days.";
            }
        }

        rules = new(limit, new(read[0], read[1]), mayRemember, new(read[2], read[3]));
        return rules.Problem();
    }

    private bool TryReadLimit(out int? seats)
    {
        var typed = Limit.ValueKind is JsonValueKind.Number or JsonValueKind.String ? Limit.ToString() : null;
        return LimitWords.TryReadSeats(typed, out seats);
    }
}
