namespace ConcurrentSessions.Web.SignIn;

public static class Policies
{
    public const string Administer = "Administer";
}
