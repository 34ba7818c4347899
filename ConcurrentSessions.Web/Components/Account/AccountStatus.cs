namespace ConcurrentSessions.Web.Components.Account;

/// <summary>One sentence that a page wants to be said on the next page; a short-lived cookie carries it over the redirect.</summary>
public sealed record AccountStatus(string Message, bool IsProblem)
{
    private const string Cookie = "__Host-status";
    private const char Problem = '!';
    private const char Success = '+';

    public static AccountStatus Done(string message) => new(message, IsProblem: false);

    public static AccountStatus Failed(string message) => new(message, IsProblem: true);

    public void WriteTo(HttpResponse response) =>
        response.Cookies.Append(Cookie, (IsProblem ? Problem : Success) + Message, Options(TimeSpan.FromSeconds(10)));

    /// <summary>Reads the sentence and takes it away, so that it is said once.</summary>
    public static AccountStatus? Take(HttpContext context)
    {
        if (context.Request.Cookies[Cookie] is not [Problem or Success, _, ..] value)
        {
            return null;
        }

        context.Response.Cookies.Delete(Cookie, Options(life: null));
        return new(value[1..], value[0] is Problem);
    }

    private static CookieOptions Options(TimeSpan? life) => new()
    {
        HttpOnly = true,
        Secure = true,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        MaxAge = life,
        IsEssential = true,
    };
}
