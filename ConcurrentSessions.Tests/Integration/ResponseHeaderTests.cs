using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Answers of every kind: to strangers, to users, refused, redirected, unchanged, wrong; pages, files, data, health, sockets.</summary>
[Trait("Check", "M16")]
[Trait("Check", "S41")]
public sealed class ResponseHeaderTests(ResponseHeaderTests.World world) : IClassFixture<ResponseHeaderTests.World>
{
    [Theory]
    [InlineData("GET", "/Account/Login", HttpStatusCode.OK)]
    [InlineData("HEAD", "/health/ready", HttpStatusCode.OK)]
    [InlineData("GET", "/nowhere", HttpStatusCode.NotFound)]
    [InlineData("GET", "/app.css", HttpStatusCode.OK)]
    [InlineData("GET", "/theme.css", HttpStatusCode.OK)]
    [InlineData("GET", "/favicon.svg", HttpStatusCode.OK)]
    [InlineData("GET", "/_framework/blazor.web.js", HttpStatusCode.OK)]
    [InlineData("GET", "/_content/MudBlazor/MudBlazor.min.js", HttpStatusCode.OK)]
    [InlineData("GET", "/sessions", HttpStatusCode.Found)]
    [InlineData("GET", "/api/session", HttpStatusCode.Unauthorized)]
    [InlineData("DELETE", "/api/sessions", HttpStatusCode.Unauthorized)]
    [InlineData("GET", "/api/nowhere", HttpStatusCode.NotFound)]
    [InlineData("GET", "/health/live", HttpStatusCode.OK)]
    [InlineData("GET", "/health/ready", HttpStatusCode.OK)]
    [InlineData("POST", "/Account/Login", HttpStatusCode.BadRequest)]
    [InlineData("GET", "/Account/Logout", HttpStatusCode.NotFound)]
    [InlineData("TRACE", "/Account/Login", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/_blazor/negotiate?negotiateVersion=1", HttpStatusCode.Forbidden)]
    [InlineData("GET", "/_blazor", HttpStatusCode.Forbidden)]
    [InlineData("POST", "/reports/csp", HttpStatusCode.NoContent)]
    public async Task A_strangers_answer_carries_them(string method, string path, HttpStatusCode status)
    {
        using var visitor = world.Portal.NewVisitor();
        await AssertAsync(visitor, method, path, status);
    }

    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/sessions", HttpStatusCode.OK)]
    [InlineData("/sessions/history", HttpStatusCode.OK)]
    [InlineData("/admin", HttpStatusCode.OK)]
    [InlineData("/nowhere", HttpStatusCode.NotFound)]
    [InlineData("/api/sessions", HttpStatusCode.OK)]
    [InlineData("/api/admin/sessions", HttpStatusCode.OK)]
    [InlineData("/openapi/v1.json", HttpStatusCode.OK)]
    [InlineData("/Account/Manage/PersonalData", HttpStatusCode.OK)]
    public async Task An_administrators_answer_carries_them(string path, HttpStatusCode status) => await AssertAsync(world.Admin, "GET", path, status);

    [Fact]
    public async Task A_file_for_somebody_to_keep_carries_them_and_is_an_attachment()
    {
        using var file = await world.Admin.PostAsync("/Account/Manage/DownloadPersonalData", await world.Admin.OpenFormAsync("/Account/Manage/PersonalData", ""));
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.Equal("attachment", file.Content.Headers.ContentDisposition?.DispositionType);
        ProtectiveHeaders.AssertOn(file);
    }

    [Fact]
    public async Task An_answer_that_nothing_has_changed_carries_them()
    {
        using var visitor = world.Portal.NewVisitor();
        using var first = await visitor.GetAsync("/app.css");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/app.css");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await visitor.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        ProtectiveHeaders.AssertOn(unchanged);
    }

    [Fact]
    public async Task A_refused_host_is_told_them_too()
    {
        using var visitor = world.Portal.NewVisitor();
        visitor.Headers.Host = "evil.example";
        await AssertAsync(visitor, "GET", "/Account/Login", HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_script_is_trusted_by_a_nonce_that_no_other_answer_has()
    {
        using var visitor = world.Portal.NewVisitor();
        using var one = await visitor.GetAsync("/Account/Login");
        using var other = await visitor.GetAsync("/Account/Login");
        Assert.NotEqual(ProtectiveHeaders.Nonce(one), ProtectiveHeaders.Nonce(other));
        var scripts = Regex.Matches(WebUtility.HtmlDecode(await one.Content.ReadAsStringAsync()), "<script[^>]*>");
        Assert.NotEmpty(scripts);
        Assert.All(scripts, s => Assert.Contains($"nonce=\"{ProtectiveHeaders.Nonce(one)}\"", s.Value, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"csp-report":{"document-uri":"https://localhost/Account/ResetPassword?code=SECRET","effective-directive":"img-src","blocked-uri":"https://evil.example/x?SECRET"}}""", "img-src")]
    [InlineData("""[{"type":"csp-violation","body":{"documentURL":"https://localhost/Account/ResetPassword?code=SECRET","effectiveDirective":"font-src","blockedURL":"inline"}}]""", "font-src")]
    public async Task What_a_browser_reports_is_logged_without_the_secrets_of_an_address(string report, string directive)
    {
        await using var portal = new ListeningPortal();
        using var visitor = portal.NewVisitor();
        await ReportAsync(visitor, report);
        var line = Assert.Single(portal.Logs, l => l.Contains("A browser reports", StringComparison.Ordinal));
        Assert.Contains($"on https://localhost/Account/ResetPassword the security policy's {directive} stopped", line, StringComparison.Ordinal);
        Assert.DoesNotContain(portal.Logs, l => l.Contains("SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_flood_of_reports_does_not_fill_the_log()
    {
        await using var portal = new ListeningPortal();
        using var visitor = portal.NewVisitor();
        foreach (var report in new[] { "", "nonsense", "[]", "7", "{}", """{"csp-report":{"blocked-uri":7}}""", new string('[', 20_000) }.Concat(Enumerable.Repeat("{}", 100)))
        {
            await ReportAsync(visitor, report);
        }

        Assert.InRange(portal.Logs.Count(l => l.Contains("A browser reports", StringComparison.Ordinal)), 1, 60);
    }

    private static async Task ReportAsync(Visitor visitor, string report)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/reports/csp");
        request.Content = new StringContent(report, Encoding.UTF8, new MediaTypeHeaderValue("application/csp-report"));
        using var answer = await visitor.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    private static async Task AssertAsync(Visitor visitor, string method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Origin", "https://evil.example");
        if (method is "DELETE")
        {
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
        }

        using var answer = await visitor.SendAsync(request);
        Assert.Equal(status, answer.StatusCode);
        ProtectiveHeaders.AssertOn(answer);
    }

    /// <summary>One portal under https for all of them.</summary>
    public sealed class World : IAsyncLifetime
    {
        public PortalFactory Portal { get; } = new PortalFactory().With("Portal:PublicUrl", "https://localhost");

        public Visitor Admin { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Portal.AddUserAsync("grace@portal.example", Roles.Admin, Roles.User);
            Admin = Portal.NewVisitor();
            await Admin.SignInAsync("grace@portal.example");
        }

        public async ValueTask DisposeAsync()
        {
            Admin.Dispose();
            await Portal.DisposeAsync();
        }
    }
}
