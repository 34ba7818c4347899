using ConcurrentSessions.Web.Risk;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Everything that is decided for a role: how many sessions, how long, whether "Remember me" is honoured, and what must be proved.</summary>
public sealed record SessionRules(SessionLimit Limit, SessionLifetime Lifetime, bool MayRemember, SessionLifetime RememberedLifetime)
{
    /// <summary>Whether a user must have an authenticator app or a passkey; without one they reach nothing but setting one up (ASVS 6.3.3).</summary>
    public bool SecondFactorRequired { get; init; }

    /// <summary>What a sign-in that is not usual leads to.</summary>
    public RiskResponses Responses { get; init; } = RiskResponses.Default;

    /// <summary>How long a session that is being used has for saving before it makes room, 0 to 60 s; zero: it ends at once.</summary>
    public TimeSpan EvictionNotice { get; init; } = Sessions.EvictionNotice.Default;

    /// <summary>The lifetime of a session that was, or was not, asked to be remembered.</summary>
    public SessionLifetime LifetimeFor(bool remembered) => remembered && MayRemember ? RememberedLifetime : Lifetime;

    /// <summary>One sentence on what is wrong, or null.</summary>
    public string? Problem() =>
        Lifetime.Problem("Idle timeout", "Absolute lifetime")
        ?? RememberedLifetime.Problem("Remembered idle timeout", "Remembered lifetime")
        ?? (EvictionNotice < TimeSpan.Zero || EvictionNotice > Sessions.EvictionNotice.Longest ? "The time to save must be 0 to 60 seconds." : null);

    /// <summary>For the audit trail: "3 sessions, Ask, idle 00:30:00, lifetime 12:00:00, …".</summary>
    public override string ToString() =>
        $"{(Limit.Seats is { } seats ? $"{seats} sessions" : "unlimited sessions")}, {Limit.WhenFull}, "
        + $"idle {Lifetime.IdleTimeout:c}, lifetime {Lifetime.AbsoluteLifetime:c}, "
        + (MayRemember ? $"remembered {RememberedLifetime.IdleTimeout:c} and {RememberedLifetime.AbsoluteLifetime:c}" : "not remembered")
        + (SecondFactorRequired ? ", second factor required" : "")
        + (EvictionNotice == Sessions.EvictionNotice.Default ? "" : $", {EvictionNotice.TotalSeconds:0} s to save")
        + (Responses == RiskResponses.Default ? "" : $", on unusual sign-ins {Responses.Changes()}");
}

/// <summary>What holds for one user, and which rule decided it.</summary>
/// <param name="DecidedBy">"role Admin", "the user's own limit" or "the default", for people.</param>
public sealed record EffectiveRules(SessionRules Rules, string DecidedBy)
{
    public SessionLimit Limit => Rules.Limit;

    /// <summary>
    /// Several roles: the lowest limit wins, with its own way when full and its own time to save (on a tie the stricter: Refuse, Ask, Evict);
    /// each lifetime is the shortest; "Remember me" needs every role's consent; a second factor is required if any role requires it; an
    /// unusual sign-in leads to the strongest of the roles' responses.
    /// A user's own number wins over all.
    /// </summary>
    public static EffectiveRules Combine(IReadOnlyCollection<(string Role, SessionRules Rules)> roles, UserLimit? own, SessionRules defaults)
    {
        if (roles.Count == 0)
        {
            return new EffectiveRules(defaults, "the default").With(own);
        }

        var (role, strictest) = roles
            .OrderBy(r => r.Rules.Limit.Seats ?? int.MaxValue)
            .ThenBy(r => Strictness(r.Rules.Limit.WhenFull))
            .ThenBy(r => r.Role, StringComparer.Ordinal)
            .First();
        var rules = new SessionRules(
            strictest.Limit,
            roles.Select(r => r.Rules.Lifetime).Aggregate((a, b) => a.ShorterOf(b)),
            roles.All(r => r.Rules.MayRemember),
            roles.Select(r => r.Rules.RememberedLifetime).Aggregate((a, b) => a.ShorterOf(b)))
        {
            EvictionNotice = strictest.EvictionNotice,
            SecondFactorRequired = roles.Any(r => r.Rules.SecondFactorRequired),
            Responses = roles.Select(r => r.Rules.Responses).Aggregate((a, b) => a.StricterOf(b)),
        };
        return new EffectiveRules(rules, $"role {role}").With(own);
    }

    private EffectiveRules With(UserLimit? own) => own is null ? this
        : new(Rules with { Limit = SessionLimit.Of(own.Seats, Rules.Limit.WhenFull) }, "the user's own limit");

    private static int Strictness(WhenFull whenFull) => whenFull switch
    {
        WhenFull.Refuse => 0,
        WhenFull.Ask => 1,
        _ => 2,
    };
}
