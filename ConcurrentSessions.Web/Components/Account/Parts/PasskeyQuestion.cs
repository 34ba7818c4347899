namespace ConcurrentSessions.Web.Components.Account.Parts;

/// <summary>Of whom a passkey is asked.</summary>
public enum PasskeyQuestion
{
    /// <summary>Of anybody: the passkey tells whose it is.</summary>
    WhoAreYou,

    /// <summary>Of who has just given the right password.</summary>
    SecondFactor,

    /// <summary>Of who is signed in.</summary>
    Proof,
}
