namespace ConcurrentSessions.Web.Risk;

/// <summary>What is known about a sign-in at the moment it is decided on. Each fact that speaks against it can only add to its reasons.</summary>
public sealed record SignInFacts
{
    /// <summary>The account never had a session: nothing about it can be new, far or overdue.</summary>
    public bool FirstEver { get; init; }

    public bool NewDevice { get; init; }

    public bool NewPlace { get; init; }

    /// <summary>The owner has called this place or network usual.</summary>
    public bool UsualPlace { get; init; }

    /// <summary>As the crow flies, from the place of the sign-in before; null where either is not known.</summary>
    public double? Kilometres { get; init; }

    /// <summary>Since the sign-in before; null where there is none on record.</summary>
    public TimeSpan? SinceLastSignIn { get; init; }

    /// <summary>Since anything was last seen of the account's sessions.</summary>
    public TimeSpan Unused { get; init; }

    /// <summary>Failed attempts since the sign-in before, from anywhere.</summary>
    public int Failures { get; init; }

    /// <summary>Those of them that came from the network of this sign-in.</summary>
    public int FailuresHere { get; init; }

    /// <summary>Wrong codes after a right password, since the sign-in before.</summary>
    public int WrongCodes { get; init; }
}
