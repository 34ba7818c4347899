using ConcurrentSessions.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

public sealed class MailedLinkTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Ada = "ada@portal.example";
    private const string Another = "another long enough one";

    [Fact]
    public async Task A_new_account_is_confirmed_by_its_mail_and_signs_in()
    {
        using var mailbox = new Mailbox(Portal);
        var page = await Portal.NewBrowserAsync();
        await page.GoAsync("/Account/Register");
        await page.Field("Email").FillAsync(Ada);
        await page.Field("Password").FillAsync(PortalFactory.Password);
        await page.Field("Confirm password").FillAsync(PortalFactory.Password);
        await page.Button("Create account").ClickAsync();
        await Expect(page.Heading("Look into your mail")).ToBeVisibleAsync();
        await page.GoAsync(await mailbox.LinkAsync(Ada, "Confirm your address"));
        await page.Button("Confirm email").ClickAsync();
        await Expect(page.Page.GetByText("Your email address is confirmed.")).ToBeVisibleAsync();
        await page.SignInAsync(Ada);
        await Expect(page.Sessions).ToHaveCountAsync(1);
    }

    [Fact]
    [Trait("Check", "S06")]
    public async Task A_forgotten_password_is_replaced_by_mail_and_open_pages_leave()
    {
        await Portal.AddUserAsync(Ada);
        using var mailbox = new Mailbox(Portal);
        var open = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        var page = await Portal.NewBrowserAsync();
        await page.GoAsync("/Account/ForgotPassword");
        await page.Field("Email").FillAsync(Ada);
        await page.Button("Send link").ClickAsync();
        await Expect(page.Heading("Look into your mail")).ToBeVisibleAsync();
        await page.GoAsync(await mailbox.LinkAsync(Ada, "Reset your password"));
        await page.Field("Email").FillAsync(Ada);
        await page.Field("Password").FillAsync(Another);
        await page.Field("Confirm password").FillAsync(Another);
        await page.Button("Save password").ClickAsync();
        await Expect(page.Heading("Your password is changed")).ToBeVisibleAsync();
        await open.HasLeftAsync("The password, the email address or a second factor of your account was changed on another device.");
        await page.SubmitSignInAsync(Ada);
        await Expect(page.Alert).ToContainTextAsync("Email or password is wrong.");
        await page.SubmitSignInAsync(Ada, password: Another);
        await Expect(page.Sessions).ToHaveCountAsync(1);
    }
}
