namespace ConcurrentSessions.Web.Components.Layout;

/// <summary>Remembers the <see cref="ThemeChoice"/> in the browser, so that the first byte of a page already has the right colours.</summary>
public static class ThemeCookie
{
    private const string Name = "__Host-theme";

    // Browsers cap a cookie's life at 400 days.
    private static readonly TimeSpan Life = TimeSpan.FromDays(400);

    public static ThemeChoice Read(HttpRequest request) => Parse(request.Cookies[Name]);

    public static void Write(HttpResponse response, ThemeChoice choice) =>
        response.Cookies.Append(Name, choice.ToCookieValue(), new CookieOptions
        {
            HttpOnly = true,
            Secure = true,
            SameSite = SameSiteMode.Lax,
            Path = "/",
            MaxAge = Life,
            IsEssential = true,
        });

    /// <summary>Anything unknown means <see cref="ThemeChoice.System"/>.</summary>
    public static ThemeChoice Parse(string? value) => value switch
    {
        "light" => ThemeChoice.Light,
        "dark" => ThemeChoice.Dark,
        _ => ThemeChoice.System,
    };

    public static string ToCookieValue(this ThemeChoice choice) => choice switch
    {
        ThemeChoice.Light => "light",
        ThemeChoice.Dark => "dark",
        _ => "system",
    };
}
