using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>The section <c>Sessions</c> of the settings: what a role gets that no administrator has given a limit of its own.</summary>
public sealed class SessionSettings
{
    /// <summary>1 to 1000.</summary>
    public int Limit { get; init; } = 3;

    public WhenFull WhenFull { get; init; } = WhenFull.Ask;

    /// <summary>How long a session in use has for saving before it makes room, 0 to 60 s.</summary>
    public TimeSpan EvictionNotice { get; init; } = Sessions.EvictionNotice.Default;

    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(30);

    public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromHours(12);

    public RememberMeSettings RememberMe { get; init; } = new();

    /// <summary>How long ended sessions are kept for the history, 1 to 3650 days.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How much memory a node may spend on sessions it has read lately, 1 to 65536 MiB.</summary>
    public int CacheMegabytes { get; init; } = 64;

    public SessionRules Rules() => new(
        SessionLimit.Of(Limit, WhenFull),
        new(IdleTimeout, AbsoluteLifetime),
        MayRemember: true,
        new(RememberMe.IdleTimeout, RememberMe.AbsoluteLifetime))
    {
        EvictionNotice = EvictionNotice,
    };

    /// <summary>The role Admin starts stricter: two seats, fifteen idle minutes (PCI DSS 8.2.8), a second factor (ASVS 6.3.3).</summary>
    public SessionRules AdministratorRules()
    {
        var rules = Rules();
        var idle = TimeSpan.FromMinutes(15);
        return rules with
        {
            Limit = SessionLimit.Of(Math.Min(2, Limit), WhenFull),
            Lifetime = rules.Lifetime with { IdleTimeout = idle < IdleTimeout ? idle : IdleTimeout },
            SecondFactorRequired = true,
        };
    }

    public sealed class RememberMeSettings
    {
        public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromDays(14);

        public TimeSpan AbsoluteLifetime { get; init; } = TimeSpan.FromDays(30);
    }
}

internal sealed class SessionSettingsCheck : IValidateOptions<SessionSettings>
{
    public ValidateOptionsResult Validate(string? name, SessionSettings options)
    {
        var problem = options.Limit is < 1 or > SessionLimit.Most
                ? $"Sessions:Limit is '{options.Limit}'; it must be a whole number from 1 to {SessionLimit.Most}."
            : !Enum.IsDefined(options.WhenFull)
                ? $"Sessions:WhenFull is '{options.WhenFull}'; it must be Ask, EvictLeastRecent or Refuse."
            : options.EvictionNotice < TimeSpan.Zero || options.EvictionNotice > Sessions.EvictionNotice.Longest
                ? $"Sessions:EvictionNotice is '{options.EvictionNotice}'; it must be 00:00:00 to 00:01:00."
            : new SessionLifetime(options.IdleTimeout, options.AbsoluteLifetime)
                .Problem("Sessions:IdleTimeout", "Sessions:AbsoluteLifetime")
            ?? new SessionLifetime(options.RememberMe.IdleTimeout, options.RememberMe.AbsoluteLifetime)
                .Problem("Sessions:RememberMe:IdleTimeout", "Sessions:RememberMe:AbsoluteLifetime")
            ?? (options.Retention < TimeSpan.FromDays(1) || options.Retention > TimeSpan.FromDays(3650)
                ? $"Sessions:Retention is '{options.Retention}'; it must be 1.00:00:00 to 3650.00:00:00."
                : null)
            ?? (options.CacheMegabytes is < 1 or > 65536
                ? $"Sessions:CacheMegabytes is '{options.CacheMegabytes}'; it must be a whole number from 1 to 65536."
                : null);
        return problem is null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problem);
    }
}
