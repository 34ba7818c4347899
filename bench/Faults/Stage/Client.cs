using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;

namespace ConcurrentSessions.Bench.Stage;

/// <summary>A browser without a screen that takes every answer, also none. Its cookies are kept by hand: they are Secure, and loopback is not.</summary>
internal sealed partial class Client(string ipAddress = "203.0.113.7") : IDisposable
{
    public const string SessionCookie = "__Host-session";

    /// <summary>No answer at all: the node was not there, or went away.</summary>
    public const HttpStatusCode Nothing = 0;

    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(40) };
    private readonly Dictionary<string, string> cookies = [];

    /// <summary>Every answer to every client, counted.</summary>
    public static ConcurrentDictionary<HttpStatusCode, int> Answers { get; } = [];

    public string? Key => cookies.GetValueOrDefault(SessionCookie);

    public void Forget() => cookies.Clear();

    public Task<HttpStatusCode> GetAsync(Node node, string path) => AskAsync(node, HttpMethod.Get, path);

    public Task<HttpStatusCode> DeleteAsync(Node node, string path) => AskAsync(node, HttpMethod.Delete, path);

    public async Task<string> ReadAsync(Node node, string path) => (await SendAsync(node, HttpMethod.Get, path, null)).Body;

    /// <summary>Another browser of the same person at the same session.</summary>
    public Client Twin()
    {
        var twin = new Client(ipAddress);
        foreach (var (name, value) in cookies)
        {
            twin.cookies[name] = value;
        }

        return twin;
    }

    /// <returns>The last answer; Found with a <see cref="Key"/> when it is signed in.</returns>
    public Task<HttpStatusCode> SignInAsync(Node node, string email, string password = World.Password) =>
        SubmitAsync(node, "/Account/Login", "/Account/Login", [new("_handler", "login"), new("Input.Email", email), new("Input.Password", password)]);

    public Task<HttpStatusCode> SignOutAsync(Node node) => SubmitAsync(node, "/Account/Manage", "/Account/Logout", [new("returnUrl", "/")]);

    public void Dispose() => http.Dispose();

    private async Task<HttpStatusCode> SubmitAsync(Node node, string page, string to, IEnumerable<KeyValuePair<string, string>> fields)
    {
        var (status, html) = await SendAsync(node, HttpMethod.Get, page, null);
        if (Token().Match(html) is not { Success: true } token)
        {
            return status;
        }

        return (await SendAsync(node, HttpMethod.Post, to,
            [new("__RequestVerificationToken", WebUtility.HtmlDecode(token.Groups["token"].Value)), .. fields])).Status;
    }

    private async Task<HttpStatusCode> AskAsync(Node node, HttpMethod method, string path) => (await SendAsync(node, method, path, null)).Status;

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(
        Node node, HttpMethod method, string path, IEnumerable<KeyValuePair<string, string>>? form)
    {
        using var request = new HttpRequestMessage(method, new Uri(node.Address, path));
        request.Content = form is null ? null : new FormUrlEncodedContent(form);
        request.Headers.TryAddWithoutValidation("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", ipAddress);
        request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", "same-origin");
        request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}")));
        try
        {
            using var answer = await http.SendAsync(request);
            foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                Remember(cookie.Split(';')[0].Split('=', 2));
            }

            var body = await answer.Content.ReadAsStringAsync();
            return (Count(path, answer.StatusCode), body);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return (Count(path, Nothing), "");
        }
    }

    private static HttpStatusCode Count(string path, HttpStatusCode status)
    {
        if (!path.StartsWith("/health", StringComparison.Ordinal))
        {
            Answers.AddOrUpdate(status, 1, (_, n) => n + 1);
        }

        return status;
    }

    private void Remember(string[] cookie)
    {
        if (cookie[1].Length > 0)
        {
            cookies[cookie[0]] = cookie[1];
        }
        else
        {
            cookies.Remove(cookie[0]);
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
