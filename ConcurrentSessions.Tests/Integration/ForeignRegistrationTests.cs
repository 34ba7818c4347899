using System.Net;
using System.Text.RegularExpressions;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A stranger registers somebody else's address. Once its owner has taken it, nothing of the stranger's opens it.</summary>
[Trait("Check", "S33")]
public sealed partial class ForeignRegistrationTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";
    private const string Landing = "/Account/ExternalLogin";
    private const string Chosen = "what ada chose herself";

    private readonly PortalFactory portal = new();
    private TinyProvider contoso = null!;
    private Visitor stranger = null!;
    private Visitor owner = null!;

    public async ValueTask InitializeAsync()
    {
        contoso = await TinyProvider.StartAsync();
        contoso.Configure(portal);
        (stranger, owner) = (portal.NewVisitor("198.51.100.66"), portal.NewVisitor());
    }

    public async ValueTask DisposeAsync()
    {
        stranger.Dispose();
        owner.Dispose();
        await portal.DisposeAsync();
        await contoso.DisposeAsync();
    }

    [Fact]
    public async Task Confirmed_in_another_browser_the_account_loses_the_login_elsewhere()
    {
        await RegisterElsewhereAsync(stranger);
        using var confirmed = await owner.SubmitAsync(await MailedAsync("ConfirmEmail"), "confirm-email");
        using var page = await owner.GetAsync(confirmed.Headers.Location!.PathAndQuery());
        Assert.Contains("it is not linked any more", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(await portal.InDatabaseAsync(db => db.UserLogins.ToListAsync()));
        var ada = await portal.UserAsync(Ada);
        Assert.True(ada.EmailConfirmed);
        Assert.Single(await portal.AuditAsync(AuditNames.CredentialsChanged), e => e.SubjectId == ada.Id && e.Reason == "ExternalLoginRemoved");

        await SignInElsewhereAsync(stranger);
        Assert.False(await stranger.IsSignedInAsync());
        await ResetAsync();
        await owner.SignInAsync(Ada, Chosen);
        Assert.True(await owner.IsSignedInAsync());
    }

    [Fact]
    public async Task Confirmed_in_the_browser_that_registered_it_stays_linked()
    {
        await RegisterElsewhereAsync(owner);
        await owner.SubmitAsync(await MailedAsync("ConfirmEmail"), "confirm-email");
        await SignInElsewhereAsync(owner);
        Assert.True(await owner.IsSignedInAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("made-up")]
    [InlineData("of somebody else")]
    public async Task A_mark_that_is_not_this_registrations_keeps_nothing_linked(string mark)
    {
        if (mark == "of somebody else")
        {
            contoso.Subject = "mallory";
            using var mallory = portal.NewVisitor();
            await RegisterElsewhereAsync(mallory, "mallory@portal.example");
            mark = mallory.Cookie("__Host-registered")!;
            contoso.Subject = "somebody";
        }

        await RegisterElsewhereAsync(stranger);
        owner.PlantCookie("__Host-registered", mark);
        await owner.SubmitAsync(await MailedAsync("ConfirmEmail"), "confirm-email");
        Assert.DoesNotContain("somebody", await portal.InDatabaseAsync(db => db.UserLogins.Select(l => l.ProviderKey).ToListAsync()));
    }

    [Fact]
    public async Task A_new_password_by_mail_takes_the_address_with_everything_that_was_made_in_its_name()
    {
        await RegisterElsewhereAsync(stranger);
        var ada = await portal.UserAsync(Ada);
        await portal.InDatabaseAsync(db =>
        {
            db.UserTokens.Add(new() { UserId = ada.Id, LoginProvider = "[AspNetUserStore]", Name = "AuthenticatorKey", Value = "SECRET" });
            return db.SaveChangesAsync();
        });
        await portal.ByHandAsync($"UPDATE \"AspNetUsers\" SET \"TwoFactorEnabled\" = {(portal.Database.IsPostgres ? "true" : "1")}");
        await ResetAsync();
        Assert.Equal((0, 0), await portal.InDatabaseAsync(async db => (await db.UserLogins.CountAsync(), await db.UserTokens.CountAsync())));
        await SignInElsewhereAsync(stranger);
        Assert.False(await stranger.IsSignedInAsync());
        await owner.SignInAsync(Ada, Chosen);
        Assert.True(await owner.IsSignedInAsync());
        Assert.Equal(1, (await portal.MailsAsync()).Count(m => m.Subject!.Contains("account has a password now", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_password_that_a_stranger_chose_is_replaced_the_same_way()
    {
        await stranger.SubmitAsync("/Account/Register", "register",
            ("Input.Email", Ada), ("Input.Password", PortalFactory.Password), ("Input.ConfirmPassword", PortalFactory.Password));
        await ResetAsync();
        await stranger.SignInAsync(Ada);
        await owner.SignInAsync(Ada, Chosen);
        Assert.Equal((false, true), (await stranger.IsSignedInAsync(), await owner.IsSignedInAsync()));
    }

    [Fact]
    [Trait("Check", "S12")]
    public async Task An_address_that_was_confirmed_before_keeps_its_factors_and_logins_at_a_reset()
    {
        await RegisterElsewhereAsync(owner);
        await owner.SubmitAsync(await MailedAsync("ConfirmEmail"), "confirm-email");
        await portal.EnrolAsync(await portal.UserAsync(Ada));
        await ResetAsync();
        Assert.Single(await portal.InDatabaseAsync(db => db.UserLogins.ToListAsync()));
        using var half = await owner.SignInAsync(Ada, Chosen);
        Assert.StartsWith("/Account/LoginWith2fa", half.Headers.Location!.PathAndQuery(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S30")]
    public async Task The_mark_is_set_whether_there_is_such_an_account_or_not()
    {
        await portal.AddUserAsync("known@portal.example");
        await RegisterElsewhereAsync(stranger, "known@portal.example");
        await RegisterElsewhereAsync(owner, "unknown@portal.example");
        Assert.Equal(owner.Cookie("__Host-registered")!.Length, stranger.Cookie("__Host-registered")!.Length);
    }

    private static async Task RegisterElsewhereAsync(Visitor visitor, string email = Ada)
    {
        await ReturnAsync(visitor);
        using var made = await visitor.SubmitAsync(Landing, "external-register", ("Input.Email", email));
        Assert.Equal("/Account/RegisterConfirmation", made.Headers.Location!.PathAndQuery());
    }

    private static async Task SignInElsewhereAsync(Visitor visitor)
    {
        await ReturnAsync(visitor);
        using var page = await visitor.GetAsync(Landing);
        if ((await page.Content.ReadAsStringAsync()).Contains("external-sign-in", StringComparison.Ordinal))
        {
            await visitor.SubmitAsync(Landing, "external-sign-in");
        }
    }

    private static async Task ReturnAsync(Visitor visitor)
    {
        using var back = await visitor.GetAsync(await TinyProvider.VisitAsync(visitor));
        using var page = await visitor.GetAsync(back.Headers.Location!.PathAndQuery());
    }

    private async Task ResetAsync()
    {
        await owner.SubmitAsync("/Account/ForgotPassword", "forgot-password", ("Input.Email", Ada));
        var path = await MailedAsync("ResetPassword");
        var code = Uri.UnescapeDataString(path[(path.IndexOf("code=", StringComparison.Ordinal) + 5)..]);
        using var answer = await owner.SubmitAsync(path, "reset-password",
            ("Input.Code", code), ("Input.Email", Ada), ("Input.Password", Chosen), ("Input.ConfirmPassword", Chosen));
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
    }

    /// <returns>The path in the latest mail that has one to this page.</returns>
    private async Task<string> MailedAsync(string page) => (await portal.MailsAsync()).Where(m => m.To.Mailboxes.Any(a => a.Address == Ada))
        .Select(m => Link().Match(m.TextBody!)).Last(m => m.Success && m.Groups["page"].Value == page).Groups["path"].Value;

    [GeneratedRegex(@"http://localhost:5080(?<path>/Account/(?<page>ConfirmEmail|ResetPassword)\?\S+)")]
    private static partial Regex Link();
}
