using System.Text.RegularExpressions;
using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>What every answer carries, whatever it answers (ASVS 3.4).</summary>
public static partial class ProtectiveHeaders
{
    public static void AssertOn(HttpResponseMessage answer)
    {
        var what = $"{answer.RequestMessage?.Method} {answer.RequestMessage?.RequestUri} ({(int)answer.StatusCode})";
        Assert.True(answer.Headers.Contains("Content-Security-Policy"), what + " has no policy");
        Assert.Equal("nosniff", One(answer, "X-Content-Type-Options"));
        Assert.Equal("same-origin", One(answer, "Referrer-Policy"));
        Assert.Equal("same-origin", One(answer, "Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", One(answer, "Cross-Origin-Resource-Policy"));
        Assert.Equal("DENY", One(answer, "X-Frame-Options"));
        Assert.Equal("max-age=31536000; includeSubDomains", One(answer, "Strict-Transport-Security"));
        Assert.Contains("camera=()", One(answer, "Permissions-Policy"), StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Server"), what);
        Assert.False(answer.Headers.Contains("X-Powered-By"), what);
        Assert.DoesNotContain(answer.Headers, h => h.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        AssertPolicy(One(answer, "Content-Security-Policy"));
        if (answer.Content.Headers.ContentType is { MediaType: { } type } contents && type.StartsWith("text/", StringComparison.Ordinal))
        {
            Assert.Equal("utf-8", contents.CharSet, ignoreCase: true);
        }
    }

    public static string Nonce(HttpResponseMessage answer) => NoncePattern().Match(One(answer, "Content-Security-Policy")).Groups["nonce"].Value;

    private static void AssertPolicy(string policy)
    {
        var directives = policy.Split("; ").ToDictionary(d => d.Split(' ')[0], d => d[d.Split(' ')[0].Length..].Trim());
        Assert.Matches("^'nonce-[A-Za-z0-9+/=]{32,}' 'strict-dynamic'$|^'strict-dynamic' 'nonce-[A-Za-z0-9+/=]{32,}'$", directives["script-src"]);
        Assert.Equal(
            ("'self'", "'self'", "'none'", "'none'", "'self'", "'self'"),
            (directives["default-src"], directives["style-src"], directives["object-src"], directives["frame-ancestors"], directives["base-uri"], directives["form-action"]));
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Single(directives, d => d.Value.Contains("unsafe-inline", StringComparison.Ordinal) && d.Key == "style-src-attr");
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }

    private static string One(HttpResponseMessage answer, string name) => Assert.Single(answer.Headers.GetValues(name));

    [GeneratedRegex("'nonce-(?<nonce>[^']+)'")]
    private static partial Regex NoncePattern();
}
