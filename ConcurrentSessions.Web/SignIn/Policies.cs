namespace ConcurrentSessions.Web.SignIn;

public static class Policies
{
    public const string Administer = "Administer";

    /// <summary>See <see cref="FreshProofAttribute"/>.</summary>
    public const string FreshProof = "FreshProof";
}
