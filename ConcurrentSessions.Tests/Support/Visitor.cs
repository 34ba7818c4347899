using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.Testing.Handlers;
using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>A browser without a screen: its own cookies, its own address, forms filled in as a person would.</summary>
public sealed partial class Visitor : IDisposable
{
    private const string UsualBrowser = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";

    private readonly HttpClient client;
    private readonly string? ipAddress;
    private readonly string? userAgent;

    public Visitor(PortalFactory portal, string? ipAddress, string? userAgent, CookieContainer? cookies = null)
    {
        (this.ipAddress, this.userAgent, Cookies) = (ipAddress, userAgent, cookies ?? new());
        client = portal.CreateDefaultClient(new Uri("https://localhost"), new CookieContainerHandler(Cookies));
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", ipAddress ?? "203.0.113.7");
        client.DefaultRequestHeaders.TryAddWithoutValidation(
            "User-Agent", userAgent ?? UsualBrowser);
    }

    /// <summary>A browser whose requests go another way than to a portal in this process.</summary>
    public Visitor(HttpMessageHandler way, string ipAddress, CookieContainer? cookies)
    {
        (this.ipAddress, Cookies) = (ipAddress, cookies ?? new());
        client = new HttpClient(new CookieContainerHandler(Cookies) { InnerHandler = way }) { BaseAddress = new Uri("https://localhost") };
        client.DefaultRequestHeaders.TryAddWithoutValidation("X-Forwarded-For", ipAddress);
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", UsualBrowser);
    }

    public CookieContainer Cookies { get; }

    /// <summary>Sent with every request: what a browser lets nobody write, and a program does.</summary>
    public HttpRequestHeaders Headers => client.DefaultRequestHeaders;

    /// <summary>The same browser, sent to another node by the balancer.</summary>
    public Visitor At(PortalFactory node) => new(node, ipAddress, userAgent, Cookies);

    public string? Cookie(string name) => Cookies.GetCookies(new Uri("https://localhost"))[name]?.Value;

    public void PlantCookie(string name, string value) =>
        Cookies.Add(new Uri("https://localhost"), new Cookie(name, value, "/") { Secure = true });

    public Task<HttpResponseMessage> GetAsync(string path) => client.GetAsync(path);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => client.SendAsync(request);

    public async Task<HttpResponseMessage> DeleteAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        return await client.SendAsync(request);
    }

    public async Task<T?> JsonAsync<T>(string path) => await client.GetFromJsonAsync<T>(path);

    /// <summary>Signed in or not, as a page that needs it says.</summary>
    public async Task<bool> IsSignedInAsync()
    {
        using var response = await GetAsync("/Account/Manage");
        return response.StatusCode == HttpStatusCode.OK;
    }

    /// <summary>Fills in the form of a page and posts it.</summary>
    /// <param name="handler">The form's name.</param>
    public async Task<HttpResponseMessage> SubmitAsync(string path, string handler, params (string Name, string Value)[] fields) =>
        await PostAsync(path, [.. await OpenFormAsync(path, handler), .. fields]);

    /// <summary>Opens a page with a form.</summary>
    /// <returns>What the page fills in itself.</returns>
    public async Task<(string Name, string Value)[]> OpenFormAsync(string path, string handler)
    {
        using var page = await GetAsync(path);
        var html = await page.Content.ReadAsStringAsync();
        var token = Token().Match(html).Groups["token"].Value;
        Assert.True(token.Length > 0, $"{path} answered {(int)page.StatusCode} without a form; its Location is {page.Headers.Location}");
        return [("_handler", handler), ("__RequestVerificationToken", WebUtility.HtmlDecode(token))];
    }

    public async Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return await client.PostAsync(path, form);
    }

    public Task<HttpResponseMessage> SignInAsync(string email, string password = PortalFactory.Password, bool remember = false, string returnUrl = "/sessions") =>
        SubmitAsync($"/Account/Login?ReturnUrl={Uri.EscapeDataString(returnUrl)}", "login",
            ("Input.Email", email), ("Input.Password", password), ("Input.RememberMe", remember ? "True" : "False"));

    public async Task<HttpResponseMessage> SignOutAsync()
    {
        using var page = await GetAsync("/Account/Manage");
        var token = Token().Match(await page.Content.ReadAsStringAsync()).Groups["token"].Value;
        return await PostAsync("/Account/Logout", ("__RequestVerificationToken", token), ("returnUrl", "/"));
    }

    public void Dispose() => client.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();
}
