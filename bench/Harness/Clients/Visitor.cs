using System.Net;
using System.Text.RegularExpressions;

namespace ConcurrentSessions.Bench.Clients;

/// <summary>A browser without a screen. Its cookies are kept by hand: they are Secure, and the harness speaks plain HTTP on loopback.</summary>
internal sealed partial class Visitor(string ipAddress = "203.0.113.7")
{
    private const string Agent = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

    private static readonly string[] SessionCookies = ["__Host-session", ".AspNetCore.Identity.Application", "connect.sid"];

    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        MaxConnectionsPerServer = 256,
        UseProxy = false,
    });

    private readonly Dictionary<string, string> cookies = [];

    /// <summary>The cookie that signs in, as a header; null when signed in nowhere.</summary>
    public string? SessionCookie => SessionCookies.Where(cookies.ContainsKey).Select(name => $"{name}={cookies[name]}").FirstOrDefault();

    public static Visitor With(string cookie)
    {
        var visitor = new Visitor();
        visitor.Remember(cookie);
        return visitor;
    }

    /// <summary>The window is closed: the session's cookie goes, the device's stays.</summary>
    public void Forget() => Array.ForEach(SessionCookies, name => cookies.Remove(name));

    /// <summary>Opens the sign-in page, and fills it in.</summary>
    /// <returns>True when the answer was the redirect of a sign-in that brought a cookie.</returns>
    public async Task<bool> SignInAsync(Uri server, string email, string password) =>
        await SubmitAsync(server, await OpenSignInAsync(server), email, password);

    /// <returns>The form's antiforgery token.</returns>
    public async Task<string> OpenSignInAsync(Uri server)
    {
        using var page = await SendAsync(HttpMethod.Get, new Uri(server, "/Account/Login"));
        var html = await page.Content.ReadAsStringAsync();
        var token = Token().Match(html).Groups["token"].Value;
        return token.Length > 0 ? token : throw new InvalidOperationException($"The sign-in page answered {(int)page.StatusCode} without a form.");
    }

    public async Task<bool> SubmitAsync(Uri server, string token, string email, string password)
    {
        using var form = new FormUrlEncodedContent(
        [
            new("_handler", "login"), new("__RequestVerificationToken", WebUtility.HtmlDecode(token)),
            new("Input.Email", email), new("Input.Password", password), new("Input.RememberMe", "False"),
        ]);
        using var answer = await SendAsync(HttpMethod.Post, new Uri(server, "/Account/Login"), form);
        return answer.StatusCode == HttpStatusCode.Redirect && SessionCookie is not null;
    }

    public async Task<HttpStatusCode> GetAsync(Uri server, string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, new Uri(server, path));
        await answer.Content.CopyToAsync(Stream.Null);
        return answer.StatusCode;
    }

    public async Task<string> ReadAsync(Uri server, string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, new Uri(server, path));
        return answer.EnsureSuccessStatusCode().StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync() : "";
    }

    public async Task<HttpStatusCode> DeleteAsync(Uri server, string path)
    {
        using var answer = await SendAsync(HttpMethod.Delete, new Uri(server, path));
        return answer.StatusCode;
    }

    public async Task<HttpStatusCode> PostJsonAsync(Uri server, string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var answer = await SendAsync(HttpMethod.Post, new Uri(server, path), content);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri address, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.TryAddWithoutValidation("User-Agent", Agent);
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", ipAddress);
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}")));
        var answer = await Http.SendAsync(request);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            Remember(cookie);
        }

        return answer;
    }

    private void Remember(string setCookie)
    {
        var pair = setCookie.Split(';')[0].Split('=', 2);
        if (pair[1].Length > 0)
        {
            cookies[pair[0]] = pair[1];
        }
        else
        {
            cookies.Remove(pair[0]);
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
