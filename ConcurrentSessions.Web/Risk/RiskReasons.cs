namespace ConcurrentSessions.Web.Risk;

/// <summary>What is not usual about a sign-in. The names are stored: none may be renamed.</summary>
[Flags]
public enum RiskReasons
{
    None = 0,

    /// <summary>A browser that this account has not signed in with, or has forgotten.</summary>
    NewDevice = 1,

    /// <summary>A country and region that this account has not signed in from.</summary>
    NewPlace = 2,

    /// <summary>Farther from the sign-in before than anybody travels in the time between.</summary>
    ImpossibleTravel = 4,

    /// <summary>Many attempts failed since the sign-in before.</summary>
    AfterFailures = 8,

    /// <summary>Nobody had used the account for long.</summary>
    Dormant = 16,

    /// <summary>Somebody knew the password and not the code, since the sign-in before.</summary>
    FactorFailed = 32,
}

/// <summary>What a sign-in leads to; each includes those before it. The names are stored: none may be renamed.</summary>
public enum RiskResponse
{
    Nothing,

    /// <summary>Its reasons stand in the history.</summary>
    Note,

    /// <summary>Its owner is told by mail.</summary>
    Mail,

    /// <summary>A second factor, where the owner has one, is asked for even where it was not to be asked for again.</summary>
    MailAndSecondFactor,
}
