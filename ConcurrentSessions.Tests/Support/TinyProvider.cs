using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ConcurrentSessions.Tests.Support;

/// <summary>An OpenID Connect provider on a port of its own, where somebody is always signed in; it can also lie.</summary>
public sealed class TinyProvider : IAsyncDisposable
{
    private const string Client = "portal";

    private readonly WebApplication app;
    private readonly RSA key = RSA.Create(2048);
    private readonly RSA strangersKey = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, (string Nonce, string PkceChallenge, string BackTo)> codes = new();

    private TinyProvider(WebApplication app) => this.app = app;

    public string Issuer => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public string Subject { get; set; } = "248289761001";

    public string Email { get; set; } = "ada@portal.example";

    /// <summary>Signs with a key that is not among those it publishes.</summary>
    public bool SignsWithAnotherKey { get; set; }

    /// <summary>Names a nonce that nobody asked with.</summary>
    public bool MixesUpNonces { get; set; }

    public static async Task<TinyProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = new TinyProvider(builder.Build());
        provider.Map();
        await provider.app.StartAsync();
        return provider;
    }

    /// <summary>A portal that knows this provider.</summary>
    public PortalFactory Configure(PortalFactory portal) => portal
        .With("Authentication:Oidc:Authority", Issuer).With("Authentication:Oidc:ClientId", Client)
        .With("Authentication:Oidc:ClientSecret", "not much of a secret").With("Authentication:Oidc:Name", "Contoso");

    /// <summary>What a person does who lets themselves be sent there and back: ends at the page that asks what now.</summary>
    /// <returns>The way back, to the portal's callback.</returns>
    public static async Task<string> VisitAsync(Visitor visitor, string start = "/Account/ExternalSignIn?ReturnUrl=%2Fsessions")
    {
        using var sent = await visitor.GetAsync(start);
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        using var answered = await browser.GetAsync(sent.Headers.Location);
        return answered.Headers.Location!.PathAndQuery;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
        strangersKey.Dispose();
    }

    private void Map()
    {
        app.MapGet("/.well-known/openid-configuration", () => new Dictionary<string, object>
        {
            ["issuer"] = Issuer,
            ["authorization_endpoint"] = Issuer + "/authorize",
            ["token_endpoint"] = Issuer + "/token",
            ["jwks_uri"] = Issuer + "/jwks",
        });
        app.MapGet("/jwks", () =>
        {
            var shown = key.ExportParameters(includePrivateParameters: false);
            return new { keys = new[] { new { kty = "RSA", use = "sig", kid = "1", alg = "RS256", n = Base64Url.EncodeToString(shown.Modulus), e = Base64Url.EncodeToString(shown.Exponent) } } };
        });
        app.MapGet("/authorize", (HttpRequest request) =>
        {
            var (asked, code) = (request.Query, Guid.NewGuid().ToString("N"));
            codes[code] = (asked["nonce"]!, asked["code_challenge"]!, asked["redirect_uri"]!);
            return Results.Redirect(QueryHelpers.AddQueryString(asked["redirect_uri"]!, new Dictionary<string, string?> { ["code"] = code, ["state"] = asked["state"] }));
        });
        app.MapPost("/token", async (HttpRequest request) =>
        {
            var form = await request.ReadFormAsync();
            var proof = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())));
            return codes.TryRemove(form["code"].ToString(), out var asked) && asked.PkceChallenge == proof && asked.BackTo == form["redirect_uri"]
                ? Results.Json(new { access_token = "unused", token_type = "Bearer", expires_in = 60, id_token = Token(asked.Nonce) })
                : Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        });
    }

    private string Token(string nonce)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var content = $"{Part(new { alg = "RS256", kid = "1", typ = "JWT" })}." + Part(new
        {
            iss = Issuer, sub = Subject, aud = Client, iat = now, exp = now + 60, email = Email, email_verified = true,
            nonce = MixesUpNonces ? "another" : nonce,
        });
        var signature = (SignsWithAnotherKey ? strangersKey : key).SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{content}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Part(object value) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(value));
}
