using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Sessions;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

public sealed class PasskeyTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Ada = "ada@portal.example";

    [Fact]
    [Trait("Check", "S03")]
    public async Task A_passkey_signs_in_and_opens_one_session()
    {
        await Portal.AddUserAsync(Ada);
        var page = await Portal.NewBrowserAsync();
        await PlugInAuthenticatorAsync(page);
        await page.SignInAsync(Ada, "/Account/Manage/Passkeys");
        await page.Button("Add a passkey").ClickAsync();
        await page.Field("Passkey name").FillAsync("Desk");
        await page.Button("Save").ClickAsync();
        await Expect(page.Page.GetByRole(Microsoft.Playwright.AriaRole.Listitem, new() { Name = "Desk" })).ToBeVisibleAsync();
        await page.Button("Sign out").ClickAsync();
        await Expect(page.Heading("Know where you are signed in.")).ToBeVisibleAsync();
        Assert.Empty(await Portal.ActiveSessionsAsync(Ada));
        await page.GoAsync("/Account/Login?ReturnUrl=%2Fsessions");
        await page.Button("Use a passkey").ClickAsync();
        await Expect(page.Session("Chrome on Linux")).ToContainTextAsync("passkey");
        Assert.Equal(AuthenticationMethod.Passkey, Assert.Single(await Portal.ActiveSessionsAsync(Ada)).Method);
    }

    [Fact]
    [Trait("Check", "S55")]
    public async Task The_email_field_offers_a_passkey_of_itself()
    {
        await Portal.AddUserAsync(Ada);
        var page = await Portal.NewBrowserAsync();
        await PlugInAuthenticatorAsync(page, offersInField: true);
        await page.SignInAsync(Ada, "/Account/Manage/Passkeys");
        await page.Button("Add a passkey").ClickAsync();
        await page.Field("Passkey name").FillAsync("Desk");
        await page.Button("Save").ClickAsync();
        await page.Button("Sign out").ClickAsync();
        await Expect(page.Heading("Know where you are signed in.")).ToBeVisibleAsync();
        await page.GoAsync("/Account/Login?ReturnUrl=%2Fsessions");
        await Expect(page.Session("Chrome on Linux")).ToContainTextAsync("passkey");
    }

    [Fact]
    [Trait("Check", "S55")]
    public async Task After_the_password_a_passkey_takes_the_place_of_the_code()
    {
        var ada = await Portal.AddUserAsync(Ada);
        var page = await Portal.NewBrowserAsync();
        await PlugInAuthenticatorAsync(page);
        await page.SignInAsync(Ada, "/Account/Manage/Passkeys");
        await page.Button("Add a passkey").ClickAsync();
        await page.Field("Passkey name").FillAsync("Desk");
        await page.Button("Save").ClickAsync();
        await page.Button("Sign out").ClickAsync();
        await Expect(page.Heading("Know where you are signed in.")).ToBeVisibleAsync();
        await Portal.EnrolAsync(ada);
        await page.SubmitSignInAsync(Ada);
        await Expect(page.Heading("Confirm it is you")).ToBeVisibleAsync();
        await page.Button("Use a passkey").ClickAsync();
        await Expect(page.Session("Chrome on Linux")).ToBeVisibleAsync();
        Assert.Equal(AuthenticationMethod.PasswordAndPasskey, Assert.Single(await Portal.ActiveSessionsAsync(Ada)).Method);
    }

    // It answers by itself, so the offer in the email field would be taken before anybody could press the button.
    private static async Task PlugInAuthenticatorAsync(PortalPage page, bool offersInField = false)
    {
        if (!offersInField)
        {
            await page.Page.AddInitScriptAsync("PublicKeyCredential.isConditionalMediationAvailable = async () => false");
        }

        var devTools = await page.Page.Context.NewCDPSessionAsync(page.Page);
        await devTools.SendAsync("WebAuthn.enable");
        await devTools.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true,
                ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
    }
}
