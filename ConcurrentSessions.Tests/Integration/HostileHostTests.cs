using System.Net;
using System.Text.RegularExpressions;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Whatever a request says the portal is called: links in mails and redirects are the portal's own.</summary>
[Trait("Check", "M9")]
[Trait("Check", "S18")]
public sealed partial class HostileHostTests : IAsyncLifetime
{
    private const string Own = "https://portal.example/";

    private static readonly (string Name, string Value)[] Lies =
    [
        ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Server", "evil.example"), ("X-Host", "evil.example"), ("X-Original-Host", "evil.example"),
        ("X-Original-URL", "https://evil.example/"), ("X-Rewrite-URL", "/evil.example"), ("Forwarded", "for=6.6.6.6;host=evil.example;proto=http"),
        ("X-Forwarded-Prefix", "//evil.example"), ("X-Forwarded-Port", "666"), ("Origin", "https://evil.example"), ("Referer", "https://evil.example/"),
    ];

    private readonly string places = Path.Combine(Path.GetTempPath(), $"places-{Guid.NewGuid():N}.mmdb");
    private readonly PortalFactory portal = new PortalFactory().With("Portal:PublicUrl", "https://portal.example").With("AllowedHosts", "localhost;portal.example");
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllBytesAsync(places, TinyMmdb.TwoPlaces);
        portal.With("Locations:Databases:0", places);
        ada = await portal.AddUserAsync("ada@portal.example");
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        File.Delete(places);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("evil.example:443")]
    [InlineData("localhost@evil.example")]
    [InlineData("localhost evil.example")]
    [InlineData("portal.example.")]
    public async Task A_host_that_is_not_the_portals_is_refused(string host)
    {
        using var visitor = portal.NewVisitor();
        visitor.Headers.TryAddWithoutValidation("Host", host);
        using var answer = await visitor.GetAsync("/Account/Manage");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task No_mail_of_any_kind_has_a_link_to_anywhere_else()
    {
        using var visitor = Liar("81.2.69.142");
        await visitor.SignInAsync(ada.Email!);
        await visitor.SubmitAsync("/Account/Manage/Email", "change-email", ("Input.NewEmail", "ada.new@portal.example"), ("Input.Password", PortalFactory.Password));
        await visitor.SubmitAsync("/Account/Manage/ChangePassword", "change-password",
            ("Input.OldPassword", PortalFactory.Password), ("Input.NewPassword", "a new long password"), ("Input.ConfirmPassword", "a new long password"));
        using var elsewhere = Liar("203.0.113.99");
        await elsewhere.SignInAsync(ada.Email!, "a new long password");
        portal.Clock.Advance(TimeSpan.FromHours(2)); // an address gets only so many mails an hour
        using var stranger = Liar("198.51.100.9");
        await stranger.SubmitAsync("/Account/ForgotPassword", "forgot-password", ("Input.Email", ada.Email!));
        foreach (var address in new[] { ada.Email!, "new@portal.example" })
        {
            await stranger.SubmitAsync("/Account/Register?ReturnUrl=https://evil.example", "register",
                ("Input.Email", address), ("Input.Password", "a long enough password"), ("Input.ConfirmPassword", "a long enough password"));
        }

        await stranger.SubmitAsync("/Account/ResendEmailConfirmation", "resend-email-confirmation", ("Input.Email", "new@portal.example"));
        var mails = await portal.MailsAsync();
        Assert.InRange(mails.Select(m => m.Subject).Distinct().Count(), 5, 20);
        Assert.All(mails, m =>
        {
            var links = Address().Matches(m.TextBody + "\n" + WebUtility.HtmlDecode(m.HtmlBody)).Select(l => l.Value).ToList();
            Assert.NotEmpty(links);
            Assert.All(links, l => Assert.StartsWith(Own, l, StringComparison.Ordinal));
            Assert.DoesNotContain("evil", m.ToString(), StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("/Account/Manage")]
    [InlineData("/sessions")]
    [InlineData("/admin")]
    [InlineData("/Account/LoginWith2fa")]
    [InlineData("/Account/Reauthenticate")]
    [InlineData("/Account/SessionLimit")]
    public async Task No_redirect_leads_anywhere_else(string path)
    {
        using var visitor = Liar("198.51.100.9");
        visitor.Headers.Host = "localhost:666";
        using var answer = await visitor.GetAsync(path);
        var location = answer.Headers.Location?.OriginalString ?? "/";
        Assert.True(location.StartsWith('/') && !location.StartsWith("//", StringComparison.Ordinal), $"{path} leads to {location}");
    }

    [Fact]
    public async Task No_recorded_address_comes_from_them()
    {
        using var visitor = Liar("198.51.100.9");
        await visitor.SignInAsync(ada.Email!);
        Assert.Equal("198.51.100.9", Assert.Single(await portal.ActiveSessionsAsync(ada.Email!)).IpAddress);
    }

    [Theory]
    [InlineData("Portal:PublicUrl", "")]
    [InlineData("Portal:PublicUrl", "https://portal.example/path")]
    [InlineData("Portal:PublicUrl", "https://user@portal.example")]
    [InlineData("Portal:PublicUrl", "ftp://portal.example")]
    [InlineData("AllowedHosts", "")]
    [InlineData("AllowedHosts", "*.portal.example;*")]
    public async Task In_Production_nothing_starts_that_does_not_know_its_own_name(string key, string value)
    {
        var (code, said) = await PortalProcess.StartAsync((key, value));
        Assert.Equal(1, code);
        Assert.StartsWith($"{key} is '{value}'; ", said, StringComparison.Ordinal);
    }

    private Visitor Liar(string from)
    {
        var visitor = portal.NewVisitor(from);
        foreach (var (name, value) in Lies)
        {
            visitor.Headers.TryAddWithoutValidation(name, value);
        }

        return visitor;
    }

    [GeneratedRegex(@"https?://[^\s""'<>]+")]
    private static partial Regex Address();
}
