using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What no keyboard types: the answer is a form or a refusal, and never a failure of the program or the database.</summary>
[Trait("Check", "S40")]
public sealed class HostileInputTests(HostileInputTests.World world) : IClassFixture<HostileInputTests.World>
{
    private const string Long = "ten kilobytes";

    private static readonly string[] Texts =
    [
        "%00", "a%00b", "%ED%A0%80", "%ED%BF%BF", "%FF%FE", "%E2%80%AE", "%F0%9F%92%A9", "%0A%0D", "%1B%5B2J", "%EF%BF%BF", "%u0000", "%C4%B1",
        Long,
    ];

    private static readonly (string Path, string Handler, string[] Fields)[] Forms =
    [
        ("/Account/Login", "login", ["Input.Email", "Input.Password"]),
        ("/Account/Register", "register", ["Input.Email", "Input.Password", "Input.ConfirmPassword"]),
        ("/Account/ForgotPassword", "forgot-password", ["Input.Email"]),
        ("/Account/ResendEmailConfirmation", "resend-email-confirmation", ["Input.Email"]),
    ];

    public static TheoryData<string, string> FormsAndTexts => [.. Forms.SelectMany(f => Texts.Select(t => (f.Path, t)))];

    public static TheoryData<string> Addresses =>
    [
        "/Account/ConfirmEmail?userId=%00&code=AA", "/Account/ConfirmEmail?userId=a%00b&code=%00", "/Account/ConfirmEmail?userId=%ED%A0%80&code=%ED%A0%80",
        "/Account/ConfirmEmailChange?userId=%00&email=%00&code=AA", "/Account/ResetPassword?code=%00", "/Account/SetUp?key=%00",
        "/Account/SetUp?key=%ED%A0%80", "/Account/NotMe?token=%00", "/Account/NotMe?token=%ED%A0%80", "/Account/Login?ReturnUrl=%00", "/Account/Login?ReturnUrl=%2F%00", "/Account/%ED%A0%80",
    ];

    public static TheoryData<string> AdministratorsAddresses =>
    [
        "/admin/users?q=%00", "/admin/users?q=%ED%A0%80", "/admin/users?q=%25_%5C", "/admin/sessions?q=%00", "/admin/mail?q=%00", "/admin/mail?q=%25_%5C", "/admin/audit?user=%00", "/admin/audit?event=%00",
        "/api/admin/sessions?user=%00", "/api/admin/audit?user=%00", "/api/admin/audit?name=%00",
        "/api/admin/audit?user=%ED%A0%80", "/api/admin/roles/%ED%A0%80/policy",
    ];

    [Theory]
    [MemberData(nameof(FormsAndTexts))]
    public async Task Text_that_nobody_types_is_answered_like_any_wrong_text(string path, string text)
    {
        var (_, handler, fields) = Forms.Single(f => f.Path == path);
        text = Typed(text);
        foreach (var address in new[] { text, text + "%40portal.example", "ada%40" + text + ".example" })
        {
            using var visitor = world.Portal.NewVisitor();
            var form = await visitor.OpenFormAsync(path, handler);
            var body = new StringBuilder(string.Join('&', form.Select(f => $"{f.Name}={Uri.EscapeDataString(f.Value)}")));
            foreach (var field in fields)
            {
                body.Append('&').Append(field).Append('=').Append(field == "Input.Email" ? address : "a+long+enough+" + text);
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Content = new StringContent(body.ToString(), Encoding.ASCII, "application/x-www-form-urlencoded");
            using var answer = await visitor.SendAsync(request);
            Assert.True((int)answer.StatusCode < 500, $"{path} with {address}: {answer.StatusCode}");
        }
    }

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task An_address_that_nobody_was_sent_is_no_failure(string path)
    {
        using var visitor = world.Portal.NewVisitor();
        using var answer = await visitor.GetAsync(path);
        Assert.True((int)answer.StatusCode < 500, $"{path}: {answer.StatusCode}");
    }

    [Theory]
    [MemberData(nameof(AdministratorsAddresses))]
    public async Task An_administrator_may_search_for_anything(string path)
    {
        using var answer = await world.Admin.GetAsync(path);
        Assert.True((int)answer.StatusCode < 500, $"{path}: {answer.StatusCode}");
    }

    [Theory]
    [InlineData(@"Mozilla/5.0 \0 (X11; Linux x86_64) Firefox/144.0")]
    [InlineData(@"Mozilla/5.0 \ud800 (X11; Linux x86_64) Firefox/144.0")]
    [InlineData(@"\udfff")]
    [InlineData("")]
    [InlineData(@"\u202eMozilla/5.0")]
    [InlineData(Long)]
    public async Task A_browser_that_calls_itself_anything_may_sign_in(string userAgent)
    {
        using var visitor = world.Portal.NewVisitor(userAgent: Typed(userAgent));
        using var answer = await visitor.SignInAsync("ada@portal.example");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.True(await visitor.IsSignedInAsync());
    }

    [Theory]
    [InlineData(@"\0")]
    [InlineData(@"203.0.113.7\0")]
    [InlineData("a")]
    [InlineData(@"\ud800")]
    [InlineData("::ffff:203.0.113.7")]
    [InlineData("fe80::1%eth0")]
    [InlineData(@"203.0.113.7, \0, 999.1.1.1")]
    public async Task An_address_that_is_none_keeps_nobody_out_and_lets_nobody_in(string forwardedFor)
    {
        using var visitor = world.Portal.NewVisitor(Typed(forwardedFor));
        using var wrong = await visitor.SignInAsync("ada@portal.example", "not the password");
        Assert.Equal(HttpStatusCode.OK, wrong.StatusCode);
        using var right = await visitor.SignInAsync("ada@portal.example");
        Assert.Equal(HttpStatusCode.Found, right.StatusCode);
    }

    // Half a surrogate pair does not survive in an attribute.
    private static string Typed(string text) => text == Long ? new string('a', 10 * 1024) : Regex.Unescape(text);

    /// <summary>One portal for all of them: nothing here changes it for the others.</summary>
    public sealed class World : IAsyncLifetime
    {
        public PortalFactory Portal { get; } = new();

        public Visitor Admin { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Portal.AddUserAsync("ada@portal.example");
            await Portal.AddUserAsync("grace@portal.example", Roles.Admin, Roles.User);
            await Portal.LimitAsync(Roles.User, null);
            Admin = Portal.NewVisitor();
            await Admin.SignInAsync("grace@portal.example");
            Assert.True(await Admin.IsSignedInAsync());
        }

        public async ValueTask DisposeAsync()
        {
            Admin.Dispose();
            await Portal.DisposeAsync();
        }
    }
}
