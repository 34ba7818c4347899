using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

public sealed class NotMeTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Ada = "ada@portal.example";

    [Fact]
    public async Task A_session_is_reported_from_its_card_and_everything_else_is_signed_out()
    {
        await Portal.AddUserAsync(Ada);
        await Portal.LimitAsync(Roles.User, null);
        var laptop = await Portal.SignedInAsync(Ada, UserAgents.Linux);
        var stranger = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        var phone = await Portal.SignedInAsync(Ada, UserAgents.Phone);
        await laptop.ButtonOf("Firefox on Windows 10", "This wasn't me").ClickAsync();
        await laptop.Dialog.GetByLabel("Sign out all other devices", new() { Exact = true }).CheckAsync();
        await laptop.Dialog.GetByRole(AriaRole.Button, new() { Name = "This wasn't me" }).ClickAsync();
        await stranger.HasLeftAsync("A sign-in to your account was reported with “This wasn't me”, and this session ended by that.");
        Assert.False(await phone.IsSignedInAsync());
        await Expect(laptop.Sessions).ToHaveCountAsync(1);
        Assert.True(await laptop.IsSignedInAsync());
    }

    [Fact]
    public async Task The_link_of_a_mail_reports_and_then_offers_more()
    {
        await Portal.AddUserAsync(Ada);
        await Portal.LimitAsync(Roles.User, null);
        var laptop = await Portal.SignedInAsync(Ada, UserAgents.Linux);
        var stranger = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        var mail = Assert.Single(await Portal.MailsAsync(Ada, "New sign-in"));
        var reader = await Portal.NewBrowserAsync(UserAgents.Mac);
        await reader.GoAsync(mail.LinkTo("/Account/NotMe"));
        await Expect(reader.Page.GetByText("Firefox on Windows 10")).ToBeVisibleAsync();
        await Expect(reader.Button("Do this now")).ToBeHiddenAsync();
        await reader.Button("This wasn't me").ClickAsync();
        await stranger.HasLeftAsync("A sign-in to your account was reported with “This wasn't me”, and this session ended by that.");
        Assert.True(await laptop.IsSignedInAsync());
        await reader.Button("Do this now").ClickAsync();
        await Expect(reader.Alert).ToContainTextAsync("Choose what shall be done");
        await reader.Field("Sign out all devices, this one too").CheckAsync();
        await reader.Button("Do this now").ClickAsync();
        await Expect(reader.Page.GetByText("All devices were signed out.")).ToBeVisibleAsync();
        await laptop.HasLeftAsync("A sign-in to your account was reported with “This wasn't me”, and this session ended by that.");
    }
}
