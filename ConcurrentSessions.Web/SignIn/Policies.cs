namespace ConcurrentSessions.Web.SignIn;

public static class Policies
{
    /// <summary>To change what the panel shows.</summary>
    public const string Administer = "Administer";

    /// <summary>To see it: administrators and auditors.</summary>
    public const string Inspect = "Inspect";

    /// <summary>See <see cref="FreshProofAttribute"/>.</summary>
    public const string FreshProof = "FreshProof";
}
