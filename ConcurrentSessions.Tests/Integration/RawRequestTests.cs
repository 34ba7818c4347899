using ConcurrentSessions.Tests.Support;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Requests that no client library would send: they are refused, and none is a failure of the program.</summary>
public sealed class RawRequestTests(RawPortal portal) : IClassFixture<RawPortal>
{
    private const string Close = "Connection: close";

    [Theory]
    [Trait("Check", "M9")]
    [Trait("Check", "S18")]
    [InlineData("GET http://evil.example/Account/Manage HTTP/1.1", "Host: evil.example")]
    [InlineData("GET http://evil.example/Account/Manage HTTP/1.1", "Host: localhost")]
    [InlineData("GET https://evil.example/Account/Manage HTTP/1.1", "Host: localhost")]
    [InlineData("GET /Account/Manage HTTP/1.1", "Host: evil.example")]
    [InlineData("GET /Account/Manage HTTP/1.1", "Host: localhost\nHost: evil.example")]
    [InlineData("GET /Account/Manage HTTP/1.1", "Host: localhost, evil.example")]
    [InlineData("GET /Account/Manage HTTP/1.1", "Host: localhost@evil.example")]
    [InlineData("GET /Account/Manage HTTP/1.1", "Host: ")]
    [InlineData("GET /Account/Manage HTTP/1.1", "X-Nothing: here")]
    [InlineData("GET /Account/Manage HTTP/1.0", "X-Nothing: here")]
    public async Task A_host_that_is_foreign_missing_or_said_twice_is_refused(string request, string headers)
    {
        var answer = await portal.SayAsync($"{request}\n{headers}\n{Close}");
        Assert.Equal(400, RawPortal.Status(answer));
        Assert.DoesNotContain("\nLocation:", answer, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("evil", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Server:", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [Trait("Check", "S19")]
    [InlineData("X-Forwarded-For:")]
    [InlineData("X-Forwarded-For: a")]
    [InlineData("X-Forwarded-For: 1.2.3.4\nX-Forwarded-For: ")]
    [InlineData("X-Forwarded-For: \t,,;")]
    [InlineData("X-Forwarded-For: \u00ff\u00fe")]
    [InlineData("X-Forwarded-Proto: evil")]
    [InlineData("X-Forwarded-Proto: ")]
    [InlineData("X-Forwarded-For: 1.2.3.4, 5.6.7.8\nX-Forwarded-Proto: https")]
    [InlineData("X-Forwarded-Proto: https, javascript")]
    public async Task What_a_proxy_mumbles_is_no_failure(string header)
    {
        var answer = await portal.SayAsync($"GET /Account/Manage HTTP/1.1\nHost: localhost\n{header}\n{Close}");
        Assert.InRange(RawPortal.Status(answer), 300, 499);
        Assert.DoesNotContain("Location: http", answer, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Location: evil", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [Trait("Check", "S40")]
    [InlineData("User-Agent: a\0b", 400)]
    [InlineData("User-Agent: a\u00ff\u00feb", 400)]
    [InlineData("Cookie: __Host-session=\u00ff", 400)]
    [InlineData("No colon", 400)]
    [InlineData("Content-Length: -1", 400)]
    [InlineData("Content-Length: 5, 6", 400)]
    public async Task A_header_that_no_browser_writes_is_refused(string header, int status)
    {
        var answer = await portal.SayAsync($"GET /Account/Login HTTP/1.1\nHost: localhost\n{header}\n{Close}");
        Assert.Equal(status, RawPortal.Status(answer));
    }

    [Fact]
    [Trait("Check", "S40")]
    public async Task A_user_agent_of_a_megabyte_is_refused()
    {
        var answer = await portal.SayAsync($"GET /Account/Login HTTP/1.1\nHost: localhost\nUser-Agent: {new string('x', 1 << 20)}\n{Close}");
        Assert.True(RawPortal.Status(answer) is 431 or 0, answer);
    }

    [Fact]
    [Trait("Check", "S40")]
    public async Task A_line_end_alone_adds_no_header_that_anything_listens_to()
    {
        // The server takes it for the end of a header; what follows is one more header of the same sender, and no other request.
        var answer = await portal.SayAsync($"GET /Account/Manage HTTP/1.1\nHost: localhost\nUser-Agent: x¶X-Forwarded-Host: evil.example\n{Close}");
        Assert.True(RawPortal.Status(answer) is 302 or 400, answer);
        Assert.DoesNotContain("evil", answer, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S56")]
    public async Task A_form_of_more_than_64_KiB_is_refused_in_words()
    {
        var answer = await portal.SayAsync($"POST /Account/Login HTTP/1.1\nHost: localhost\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 70000\n{Close}", new string('a', 70_000));
        Assert.Equal(413, RawPortal.Status(answer));
        Assert.Contains("What was sent is too large", answer, StringComparison.Ordinal);
    }

    [Theory]
    [Trait("Check", "S57")]
    [InlineData("TRACE")]
    [InlineData("TRACK")]
    [InlineData("DEBUG")]
    [InlineData("PROPFIND")]
    public async Task A_method_that_echoes_or_debugs_is_refused_and_echoes_nothing(string method)
    {
        var answer = await portal.SayAsync($"{method} /Account/Login HTTP/1.1\nHost: localhost\nX-Secret: do-not-echo-me\n{Close}");
        Assert.InRange(RawPortal.Status(answer), 400, 499);
        Assert.DoesNotContain("do-not-echo-me", answer, StringComparison.Ordinal);
    }
}
