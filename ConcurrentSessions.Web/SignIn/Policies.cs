namespace ConcurrentSessions.Web.SignIn;

/// <summary>Names of the authorization policies.</summary>
public static class Policies
{
    /// <summary>The pages and calls of the panel.</summary>
    public const string Administer = "Administer";
}
