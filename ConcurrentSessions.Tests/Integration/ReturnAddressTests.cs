using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Whatever a return address says, the browser stays with the portal, and nothing fails.</summary>
[Trait("Check", "S20")]
public sealed class ReturnAddressTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    public static TheoryData<string> Hostile =>
    [
        "//evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "https://evil.example", "https:evil.example", "https:/evil.example", "HTTPS:\\\\evil.example",
        "javascript:alert(1)", "data:text/html,evil", "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example", "/.//evil.example", "/../..//evil.example",
        "//evil.example@localhost", "//localhost@evil.example", "/%2f%2fevil.example", "/%5cevil.example", "%2f%2fevil.example", "/sessions\r\nLocation: https://evil.example", "///evil.example",
        "/\u2028/evil.example", "/\0/evil.example", "\uff0f\uff0fevil.example", "", "?", "#", "~//evil.example", "http:///evil.example", "http://[evil", LongOne,
    ];

    private const string LongOne = "8 KB";

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [Trait("Check", "M13")]
    [MemberData(nameof(Hostile))]
    public async Task After_signing_in_it_leads_to_the_portal(string returnUrl)
    {
        using var visitor = portal.NewVisitor();
        using var answer = await visitor.SignInAsync(ada.Email!, returnUrl: Whole(returnUrl));
        AssertStays(answer);
        Assert.True(await visitor.IsSignedInAsync());
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task After_signing_out_and_choosing_a_theme_it_does_too(string returnUrl)
    {
        using var visitor = portal.NewVisitor();
        await visitor.SignInAsync(ada.Email!);
        foreach (var path in new[] { "/Account/Theme", "/Account/Logout" })
        {
            using var answer = await visitor.PostAsync(path, [.. await visitor.OpenFormAsync("/Account/Manage", ""), ("returnUrl", Whole(returnUrl)), ("theme", "dark")]);
            if (answer.StatusCode is HttpStatusCode.BadRequest)
            {
                Assert.Contains('\0', returnUrl); // no form holds it
                continue;
            }

            AssertStays(answer);
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task After_the_second_factor_and_after_proving_it_again_it_does_too(string returnUrl)
    {
        var (_, codes) = await portal.EnrolAsync(ada);
        var query = "ReturnUrl=" + Uri.EscapeDataString(Whole(returnUrl));
        using var visitor = portal.NewVisitor();
        using var first = await visitor.SignInAsync(ada.Email!, returnUrl: Whole(returnUrl));
        AssertStays(first);
        using var second = await visitor.SubmitAsync("/Account/LoginWithRecoveryCode?" + query, "login-with-recovery-code", ("Input.RecoveryCode", codes[0]));
        AssertStays(second);
        Assert.True(await visitor.IsSignedInAsync());
        using var page = await visitor.GetAsync("/Account/Reauthenticate?" + query);
        Assert.True((int)page.StatusCode < 500);
        Assert.DoesNotContain("=\"//evil", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_somebody_came_from_is_never_asked()
    {
        using var visitor = portal.NewVisitor();
        visitor.Headers.Referrer = new("https://evil.example/sessions");
        using var answer = await visitor.GetAsync("/sessions");
        Assert.Equal("/Account/Login?ReturnUrl=%2Fsessions", answer.Headers.Location?.ToString());
    }

    private static string Whole(string returnUrl) => returnUrl == LongOne ? "//evil.example/" + new string('a', 8 * 1024) : returnUrl;

    // As a browser resolves it, which takes a backslash for a slash and leaves out tabs and line ends.
    private static void AssertStays(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        var location = answer.Headers.Location!.OriginalString;
        Assert.DoesNotContain(location, char.IsControl);
        var seen = new Uri(new Uri("https://localhost/Account/Login"), location.Replace('\\', '/'));
        Assert.Equal("https://localhost", seen.GetLeftPart(UriPartial.Authority));
    }
}
