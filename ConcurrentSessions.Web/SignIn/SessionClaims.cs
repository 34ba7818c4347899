using System.Globalization;
using System.Security.Claims;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>What a signed-in principal says about its session.</summary>
public static class SessionClaims
{
    public const string SessionId = "sid";
    public const string Method = "amr";

    /// <summary>When a factor was last proved, in seconds since 1970 (OpenID Connect Core, <c>auth_time</c>).</summary>
    public const string ProvedAt = "auth_time";

    /// <summary>There only when a role requires a second factor and the user has none.</summary>
    public const string MustEnrol = "must_enrol";

    public static SessionId? GetSessionId(this ClaimsPrincipal user) =>
        Sessions.SessionId.TryParse(user.FindFirstValue(SessionId), null, out var id) ? id : null;

    public static string? GetUserId(this ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier);

    /// <summary>Whether the person has to set up a second factor before anything else (ASVS 6.3.3).</summary>
    public static bool MustEnrolFactor(this ClaimsPrincipal user) => user.HasClaim(c => c.Type == MustEnrol);

    public static bool HasFreshProof(this ClaimsPrincipal user, DateTimeOffset now) =>
        long.TryParse(user.FindFirstValue(ProvedAt), CultureInfo.InvariantCulture, out var seconds)
        && now - DateTimeOffset.FromUnixTimeSeconds(seconds) <= Session.FreshProof;

    /// <summary>The person of this principal as the actor of what they do.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in.</exception>
    public static Actor ToActor(this ClaimsPrincipal user, string? ipAddress = null, string? userAgent = null) => Actor.Person(
        user.GetUserId() ?? throw new InvalidOperationException("Nobody is signed in."), user.GetSessionId()?.Value, ipAddress, userAgent);

    /// <summary>Whoever is signed in in this request, as the actor of what it does.</summary>
    /// <exception cref="InvalidOperationException">Nobody is signed in.</exception>
    public static Actor ToActor(this HttpContext http) => http.User.ToActor(ClientReader.Address(http)?.ToString(), ClientReader.Browser(http));

    /// <summary>Whoever sent this request, not (yet) signed in.</summary>
    public static Actor ToVisitor(this HttpContext http) => Actor.Visitor(ClientReader.Address(http)?.ToString(), ClientReader.Browser(http));
}
