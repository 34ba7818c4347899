using System.Globalization;
using ConcurrentSessions.Web.Risk;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Components.Admin;

/// <summary>A role's rules as they are typed. Reading them loses nothing, whatever is wrong.</summary>
public sealed class RoleRulesInput
{
    public const string IdleName = "Idle timeout";
    public const string AbsoluteName = "Absolute lifetime";
    public const string RememberedIdleName = "Remembered idle timeout";
    public const string RememberedAbsoluteName = "Remembered lifetime";

    public required SeatsInput Limit { get; init; }

    public WhenFull WhenFull { get; set; }

    /// <summary>Whole seconds, 0 to 60.</summary>
    public string? SecondsToSave { get; set; } = "";

    public required DurationInput Idle { get; init; }

    public required DurationInput Absolute { get; init; }

    public bool SecondFactorRequired { get; set; }

    /// <summary>What unusual sign-ins lead to: chosen, so never wrong.</summary>
    public RiskResponses Responses { get; set; } = RiskResponses.Default;

    public bool MayRemember { get; set; }

    public required DurationInput RememberedIdle { get; init; }

    public required DurationInput RememberedAbsolute { get; init; }

    /// <summary>What is wrong, by the name of the field; the empty name is for the rules as a whole.</summary>
    public IReadOnlyDictionary<string, string> Problems { get; private set; } = new Dictionary<string, string>();

    public static RoleRulesInput Of(SessionRules rules) => new()
    {
        Limit = SeatsInput.Of(rules.Limit.Seats),
        WhenFull = rules.Limit.WhenFull,
        SecondsToSave = rules.EvictionNotice.TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
        SecondFactorRequired = rules.SecondFactorRequired,
        Responses = rules.Responses,
        Idle = DurationInput.Of(rules.Lifetime.IdleTimeout),
        Absolute = DurationInput.Of(rules.Lifetime.AbsoluteLifetime),
        MayRemember = rules.MayRemember,
        RememberedIdle = DurationInput.Of(rules.RememberedLifetime.IdleTimeout),
        RememberedAbsolute = DurationInput.Of(rules.RememberedLifetime.AbsoluteLifetime),
    };

    /// <returns>The rules, or null with <see cref="Problems"/>.</returns>
    public SessionRules? Read()
    {
        var problems = new Dictionary<string, string>();
        if (!Limit.TryRead(out var seats))
        {
            problems[nameof(Limit)] = SeatsInput.Sentence;
        }

        if (!int.TryParse(SecondsToSave?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > EvictionNotice.Longest.TotalSeconds)
        {
            problems[nameof(SecondsToSave)] = "Seconds to save must be a whole number from 0 to 60.";
        }

        var lifetime = new SessionLifetime(Read(Idle, IdleName, problems), Read(Absolute, AbsoluteName, problems));
        var remembered = new SessionLifetime(
            Read(RememberedIdle, RememberedIdleName, problems), Read(RememberedAbsolute, RememberedAbsoluteName, problems));
        Problems = problems;
        if (problems.Count > 0)
        {
            return null;
        }

        var rules = new SessionRules(SessionLimit.Of(seats, WhenFull), lifetime, MayRemember, remembered)
        {
            EvictionNotice = TimeSpan.FromSeconds(seconds),
            SecondFactorRequired = SecondFactorRequired,
            Responses = Responses,
        };
        if (rules.Problem() is { } contradiction)
        {
            problems[""] = contradiction;
            return null;
        }

        return rules;
    }

    public string? ProblemOf(string field) => Problems.GetValueOrDefault(field);

    private static TimeSpan Read(DurationInput input, string name, Dictionary<string, string> problems)
    {
        if (input.Read() is { } span)
        {
            return span;
        }

        problems[name] = DurationInput.Sentence(name);
        return TimeSpan.Zero;
    }
}
