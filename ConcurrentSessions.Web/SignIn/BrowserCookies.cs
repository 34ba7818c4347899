using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>The cookies that carry keys: of the session, of the device, of a sign-in that waits for a seat; and the mark of a registration (ASVS 3.3).</summary>
public static class BrowserCookies
{
    public const string Session = "__Host-session";
    public const string Device = "__Host-device";
    public const string Pending = "__Host-pending";
    public const string Registered = "__Host-registered";

    public static SessionKey? ReadKey(this HttpRequest request, string cookie) => SessionKey.FromCookie(request.Cookies[cookie]);

    public static void WriteSession(this HttpResponse response, SessionKey key, Session session) =>
        response.Cookies.Append(Session, key.ToCookie(), Options(SameSiteMode.Lax, session.Remembered ? session.ExpiresAt : null));

    /// <summary>Browsers cap a cookie's life at 400 days (RFC 6265bis).</summary>
    public static void WriteDevice(this HttpResponse response, SessionKey key, DateTimeOffset now) =>
        response.Cookies.Append(Device, key.ToCookie(), Options(SameSiteMode.Lax, now + Sessions.Device.Lifetime));

    public static void WritePending(this HttpResponse response, SessionKey key, DateTimeOffset now) =>
        response.Cookies.Append(Pending, key.ToCookie(), Options(SameSiteMode.Strict, now + PendingSignIn.Lifetime));

    /// <param name="kept">Protected: nobody reads it, nobody else writes it.</param>
    internal static void WriteRegistered(this HttpResponse response, string kept, TimeSpan life)
    {
        var options = Options(SameSiteMode.Lax, null);
        options.MaxAge = life;
        response.Cookies.Append(Registered, kept, options);
    }

    public static void Forget(this HttpResponse response, string cookie) =>
        response.Cookies.Delete(cookie, Options(SameSiteMode.Lax, null));

    /// <summary>
    /// Has the browser forget what it kept of the portal's pages (ASVS 14.3.1). Not "cookies": that would take the device's key and
    /// the theme, which belong to the browser and not to the session.
    /// </summary>
    public static void ForgetPages(this HttpResponse response) => response.Headers["Clear-Site-Data"] = "\"cache\", \"storage\"";

    private static CookieOptions Options(SameSiteMode sameSite, DateTimeOffset? expires) => new()
    {
        Secure = true,
        HttpOnly = true,
        Path = "/",
        SameSite = sameSite,
        Expires = expires,
        IsEssential = true,
    };
}
