using System.Net;
using System.Text.RegularExpressions;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What opens an account is in no log, no span and no metric, however much detail is asked for (ASVS 16.2.5).</summary>
[Trait("Check", "S10")]
public sealed partial class SecrecyTests : IAsyncLifetime
{
    private const string Wrong = "wrong-Pa55word-typed";
    private const string Chosen = "freshly-chosen-Pa55word";

    private readonly List<string> secrets = [PortalFactory.Password, Wrong, Chosen];
    private OtlpReceiver collector = null!;
    private ListeningPortal portal = null!;
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync()
    {
        collector = await OtlpReceiver.StartedAsync();
        portal = collector.Collect(new ListeningPortal());
        portal.With("OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION", "true");
        ada = await portal.AddUserAsync("ada@portal.example");
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        await collector.DisposeAsync();
    }

    [Fact]
    public async Task No_password_code_cookie_or_link_is_in_what_the_portal_logs_or_exports()
    {
        await ResetPasswordAsync();
        await SignInWithTwoFactorsAsync();
        secrets.Add(await portal.InDatabaseAsync(async db =>
            MasterKey().Match((await db.DataProtectionKeys.FirstAsync()).Xml!).Groups["key"].Value));

        var metrics = collector.After(portal, "/v1/metrics");
        var spans = collector.After(portal, "/v1/traces");
        Assert.True(portal.Logs.Count > 500 && portal.Spans.Count > 20 && metrics.Length > 1000 && spans.Length > 1000);
        string[] everything = [.. portal.Logs, .. portal.Spans, metrics, spans];
        foreach (var secret in secrets.SelectMany(Spellings).Distinct())
        {
            Assert.True(secret.Length >= 6, $"'{secret}' is too short to be looked for.");
            var whole = new Regex($"(?<![0-9A-Za-z.]){Regex.Escape(secret)}(?![0-9A-Za-z])");
            Assert.DoesNotContain(everything, said => whole.IsMatch(said));
        }
    }

    [Fact]
    public async Task Metrics_and_spans_name_no_person_no_address_and_no_key()
    {
        using var laptop = portal.NewVisitor("198.51.100.77");
        await laptop.SignInAsync(ada.Email!, Wrong);
        await laptop.SignInAsync(ada.Email!);
        await laptop.GetAsync($"/api/session?me={ada.Id}");
        var exported = collector.After(portal, "/v1/metrics") + collector.After(portal, "/v1/traces");
        Assert.All([ada.Id, ada.Email!, "198.51.100.77"], personal => Assert.DoesNotContain(personal, exported, StringComparison.OrdinalIgnoreCase));
    }

    private async Task ResetPasswordAsync()
    {
        using var visitor = portal.NewVisitor();
        await visitor.SubmitAsync("/Account/ForgotPassword", "forgot-password", ("Input.Email", ada.Email!));
        var mail = (await portal.MailsAsync()).Single(m => m.Subject?.EndsWith("Reset your password", StringComparison.Ordinal) == true);
        var link = Link().Match(mail.TextBody!).Groups["path"].Value;
        var code = link[(link.IndexOf("code=", StringComparison.Ordinal) + 5)..];
        secrets.Add(code);
        using (var stranger = portal.NewVisitor())
        {
            await stranger.GetAsync($"/Account/Lost?code={code}");
        }

        using var done = await visitor.SubmitAsync(link, "reset-password", ("Input.Code", WebUtility.UrlDecode(code)), ("Input.Email", ada.Email!),
            ("Input.Password", Chosen), ("Input.ConfirmPassword", Chosen));
        Assert.Equal(HttpStatusCode.Found, done.StatusCode);
    }

    private async Task SignInWithTwoFactorsAsync()
    {
        var (key, codes) = await portal.EnrolAsync(ada);
        secrets.AddRange([key, codes[0], portal.CodeOf(key)]);
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!, Wrong);
        await laptop.SignInAsync(ada.Email!, Chosen);
        Remember(laptop);
        await laptop.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", portal.CodeOf(key)));
        Assert.True(await laptop.IsSignedInAsync());
        Remember(laptop);
        using var thief = portal.NewVisitor();
        thief.PlantCookie(BrowserCookies.Session, laptop.Cookie(BrowserCookies.Session)! + "x");
        await thief.IsSignedInAsync();
        using var phone = portal.NewVisitor();
        await phone.SignInAsync(ada.Email!, Chosen);
        await phone.SubmitAsync("/Account/LoginWithRecoveryCode", "login-with-recovery-code", ("Input.RecoveryCode", codes[0]));
        Assert.True(await phone.IsSignedInAsync());
        Remember(phone);
        await phone.SignOutAsync();
    }

    private void Remember(Visitor visitor) => secrets.AddRange(visitor.Cookies.GetAllCookies().Select(c => c.Value).Where(v => v.Length >= 6));

    private static IEnumerable<string> Spellings(string secret) =>
        [secret, WebUtility.UrlDecode(secret), Uri.EscapeDataString(secret), WebUtility.HtmlEncode(secret)];

    [GeneratedRegex(@"https?://[^/\s]+(?<path>/Account/ResetPassword\S+)")]
    private static partial Regex Link();

    [GeneratedRegex("<value>(?<key>[^<]+)</value>")]
    private static partial Regex MasterKey();
}
