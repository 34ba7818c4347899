using ConcurrentSessions.Web.Risk;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>The limit and lifetimes an administrator set for a role. A role without one gets the settings' (<see cref="SessionSettings"/>).</summary>
public sealed class RoleLimit
{
    public required string Role { get; init; }

    /// <summary>1 to 1000; null means unlimited.</summary>
    public int? Seats { get; private set; }

    public WhenFull WhenFull { get; private set; }

    public TimeSpan IdleTimeout { get; private set; }

    public TimeSpan AbsoluteLifetime { get; private set; }

    /// <summary>Whether "Remember me" is honoured for this role.</summary>
    public bool MayRemember { get; private set; }

    public TimeSpan RememberedIdleTimeout { get; private set; }

    public TimeSpan RememberedAbsoluteLifetime { get; private set; }

    /// <summary>Whether its users must have a second factor.</summary>
    public bool SecondFactorRequired { get; private set; }

    /// <summary>What unusual sign-ins lead to; null in a row older than the question.</summary>
    public RiskResponses? Responses { get; private set; }

    /// <summary>How long a session in use has for saving before it makes room; null in a row older than the question.</summary>
    public TimeSpan? EvictionNotice { get; private set; }

    public static RoleLimit Of(string role, SessionRules rules)
    {
        var limit = new RoleLimit { Role = role };
        limit.ChangeTo(rules);
        return limit;
    }

    public SessionRules Rules => new(
        SessionLimit.Of(Seats, WhenFull),
        new(IdleTimeout, AbsoluteLifetime),
        MayRemember,
        new(RememberedIdleTimeout, RememberedAbsoluteLifetime))
    {
        SecondFactorRequired = SecondFactorRequired,
        Responses = Responses ?? RiskResponses.Default,
        EvictionNotice = EvictionNotice ?? Sessions.EvictionNotice.Default,
    };

    public void ChangeTo(SessionRules rules)
    {
        (Seats, WhenFull) = (rules.Limit.Seats, rules.Limit.WhenFull);
        (IdleTimeout, AbsoluteLifetime) = rules.Lifetime;
        MayRemember = rules.MayRemember;
        (RememberedIdleTimeout, RememberedAbsoluteLifetime) = rules.RememberedLifetime;
        SecondFactorRequired = rules.SecondFactorRequired;
        Responses = rules.Responses;
        EvictionNotice = rules.EvictionNotice;
    }
}

/// <summary>A user's own number of seats; it wins over every role.</summary>
public sealed class UserLimit
{
    public required string UserId { get; init; }

    /// <summary>1 to 1000; null means unlimited.</summary>
    public int? Seats { get; set; }
}
