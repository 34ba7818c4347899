using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Links that are mailed work once, for an hour, for one user and one purpose.</summary>
[Trait("Check", "S33")]
public sealed class MailedTokenTests : IAsyncLifetime
{
    private const string NewPassword = "a quite different password";

    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Of_twenty_that_use_a_reset_link_at_once_one_does()
    {
        var link = await AskAsync();
        var visitors = Enumerable.Range(0, 20).Select(_ => portal.NewVisitor()).ToList();
        var answers = await Task.WhenAll(visitors.Select((v, i) => ResetAsync(v, link, ada.Email!, $"{NewPassword} {i}")));
        Assert.Single(answers, done => done);
        Assert.Single(await portal.AuditAsync(Web.Audit.AuditNames.CredentialsChanged));
        visitors.ForEach(v => v.Dispose());
    }

    [Fact]
    public async Task Of_twenty_that_use_a_confirmation_link_at_once_one_does()
    {
        using var visitor = portal.NewVisitor();
        await visitor.SubmitAsync("/Account/Register", "register",
            ("Input.Email", "new@portal.example"), ("Input.Password", NewPassword), ("Input.ConfirmPassword", NewPassword));
        var link = await LinkAsync("new@portal.example", "ConfirmEmail");
        var fields = await visitor.OpenFormAsync(link, "confirm-email");
        using (var opened = await visitor.GetAsync(link))
        {
            Assert.False((await portal.UserAsync("new@portal.example")).EmailConfirmed); // opening it uses nothing up
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => visitor.PostAsync(link, fields)));
        Assert.Single(answers, a => a.StatusCode == HttpStatusCode.Found);
        Assert.True((await portal.UserAsync("new@portal.example")).EmailConfirmed);
    }

    [Fact]
    public async Task A_newer_link_voids_the_older_and_one_that_was_not_mailed_voids_none()
    {
        using var visitor = portal.NewVisitor();
        var first = await AskAsync();
        var second = await AskAsync();
        var third = await AskAsync();
        await visitor.SubmitAsync("/Account/ForgotPassword", "forgot-password", ("Input.Email", ada.Email!)); // one too many in this hour
        Assert.False(await ResetAsync(visitor, first, ada.Email!, NewPassword));
        Assert.False(await ResetAsync(visitor, second, ada.Email!, NewPassword));
        Assert.True(await ResetAsync(visitor, third, ada.Email!, NewPassword));
    }

    [Fact]
    public async Task A_link_is_void_after_an_hour()
    {
        using var visitor = portal.NewVisitor();
        var link = await AskAsync();
        portal.Clock.Advance(MailedToken.Lifetime);
        Assert.InRange(MailedToken.Lifetime, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(60));
        Assert.False(await ResetAsync(visitor, link, ada.Email!, NewPassword));
    }

    [Fact]
    public async Task Anothers_link_resets_nothing_and_stays_its_owners()
    {
        var eve = await portal.AddUserAsync("eve@portal.example");
        using var visitor = portal.NewVisitor();
        var link = await AskAsync();
        Assert.False(await ResetAsync(visitor, link, eve.Email!, NewPassword));
        Assert.True(await ResetAsync(visitor, link, ada.Email!, NewPassword));
    }

    [Fact]
    public async Task A_reset_signs_nobody_in_and_the_second_factor_is_still_asked_for()
    {
        await portal.EnrolAsync(ada);
        using var visitor = portal.NewVisitor();
        Assert.True(await ResetAsync(visitor, await AskAsync(), ada.Email!, NewPassword));
        Assert.False(await visitor.IsSignedInAsync());
        using var answer = await visitor.SignInAsync(ada.Email!, NewPassword);
        Assert.Contains("LoginWith2fa", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_for_one_new_address_confirms_no_other()
    {
        using var world = await ConsequenceWorld.MakeAsync(portal, "grace", withAddressLink: true);
        using var visitor = portal.NewVisitor();
        var forged = world.Link.Replace("moved-grace", "eve", StringComparison.Ordinal);
        Assert.False(await ConsequenceWorld.ConfirmAddressAsync(visitor, forged));
        var newer = await world.AskForAddressLinkAsync("second-grace@portal.example");
        Assert.False(await ConsequenceWorld.ConfirmAddressAsync(visitor, world.Link));
        Assert.True(await ConsequenceWorld.ConfirmAddressAsync(visitor, newer));
        Assert.NotNull(await portal.UserAsync("second-grace@portal.example"));
    }

    [Fact]
    public async Task Of_two_who_move_to_the_same_address_at_once_one_does()
    {
        using var grace = await ConsequenceWorld.MakeAsync(portal, "grace", withAddressLink: false);
        using var edith = await ConsequenceWorld.MakeAsync(portal, "edith", withAddressLink: false);
        var links = new[] { await grace.AskForAddressLinkAsync("same@portal.example"), await edith.AskForAddressLinkAsync("same@portal.example") };
        var moved = await Task.WhenAll(links.Zip([grace.Here, edith.Here], (link, visitor) => ConsequenceWorld.ConfirmAddressAsync(visitor, link)));
        Assert.Single(moved, done => done);
        Assert.NotNull(await portal.UserAsync("same@portal.example"));
    }

    [Theory]
    [InlineData("ADA@portal.example", true)]
    [InlineData("ａda@portal.example", false)]
    [InlineData("ada@portal.examp\u017fe", false)]
    [InlineData("adа@portal.example", false)]
    [InlineData("ada@portal.example,eve@evil.example", false)]
    [InlineData("ada@portal.example\r\nBcc: eve@evil.example", false)]
    public async Task A_mail_goes_to_the_stored_address_or_to_nobody(string typed, bool isHers)
    {
        using var visitor = portal.NewVisitor();
        await visitor.SubmitAsync("/Account/ForgotPassword", "forgot-password", ("Input.Email", typed));
        Assert.Equal(isHers ? ["ada@portal.example"] : [], await AddresseesAsync());
    }

    [Theory]
    [InlineData("Input.Email")]
    [InlineData("Input.Email[1]")]
    [InlineData("Input.Email[]")]
    public async Task An_address_given_twice_mails_no_foreign_one(string second)
    {
        using var visitor = portal.NewVisitor();
        using var answer = await visitor.SubmitAsync("/Account/ForgotPassword", "forgot-password",
            ("Input.Email", ada.Email!), (second, "eve@evil.example"));
        Assert.True((int)answer.StatusCode < 500, $"{answer.StatusCode}");
        Assert.DoesNotContain("eve@evil.example", await AddresseesAsync());
    }

    [Fact]
    public async Task The_database_keeps_no_link_that_works()
    {
        var code = (await AskAsync()).Split("code=")[1];
        var hashes = await portal.InDatabaseAsync(db => db.MailedTokens.Select(t => t.KeyHash).ToListAsync());
        var key = System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(code));
        Assert.DoesNotContain(System.Buffers.Text.Base64Url.EncodeToString(Assert.Single(hashes)), key, StringComparison.Ordinal);
        Assert.Equal(SessionCookieLength, key.Length);
    }

    private const int SessionCookieLength = 43; // 256 bits

    private async Task<string> AskAsync()
    {
        using var visitor = portal.NewVisitor();
        portal.Clock.Advance(TimeSpan.FromSeconds(1));
        await visitor.SubmitAsync("/Account/ForgotPassword", "forgot-password", ("Input.Email", ada.Email!));
        return await LinkAsync(ada.Email!, "ResetPassword");
    }

    private async Task<string> LinkAsync(string to, string page)
    {
        var lines = (await portal.MailsAsync()).Where(m => m.To.Mailboxes.Any(a => a.Address == to))
            .SelectMany(m => (m.TextBody ?? "").Split('\n')).Select(line => line.Trim());
        return lines.Last(line => line.Contains($"/Account/{page}?", StringComparison.Ordinal))["http://localhost:5080".Length..];
    }

    private async Task<IEnumerable<string>> AddresseesAsync() => (await portal.MailsAsync()).SelectMany(m => m.To.Mailboxes).Select(a => a.Address);

    private static async Task<bool> ResetAsync(Visitor visitor, string link, string email, string password)
    {
        using var answer = await visitor.SubmitAsync(link, "reset-password", ("Input.Code", Uri.UnescapeDataString(link.Split("code=")[1])),
            ("Input.Email", email), ("Input.Password", password), ("Input.ConfirmPassword", password));
        return answer.StatusCode == HttpStatusCode.Found;
    }
}
