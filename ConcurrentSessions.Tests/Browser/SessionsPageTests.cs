using ConcurrentSessions.Tests.Support;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

public sealed class SessionsPageTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Ada = "ada@portal.example";

    [Fact]
    [Trait("Check", "S04")]
    public async Task A_new_sign_in_appears_in_an_open_list_without_a_reload()
    {
        await Portal.AddUserAsync(Ada);
        var laptop = await Portal.SignedInAsync(Ada, UserAgents.Linux);
        await Expect(laptop.Sessions).ToHaveCountAsync(1);
        await laptop.Page.EvaluateAsync("() => { window.sameDocument = true }");
        await Portal.SignedInAsync(Ada, UserAgents.Windows);
        await Expect(laptop.Session("Firefox on Windows 10")).ToBeVisibleAsync();
        Assert.True(await laptop.Page.EvaluateAsync<bool>("() => window.sameDocument === true"));
    }

    [Fact]
    [Trait("Check", "S04")]
    public async Task A_device_name_shows_at_once_everywhere_and_lasts()
    {
        await Portal.AddUserAsync(Ada);
        var laptop = await Portal.SignedInAsync(Ada, UserAgents.Linux);
        var office = await Portal.SignedInAsync(Ada, UserAgents.Windows);
        await RenameAsync(laptop, "Kitchen laptop");
        await Expect(laptop.Session("Kitchen laptop")).ToBeVisibleAsync();
        await Expect(office.Session("Kitchen laptop")).ToBeVisibleAsync();
        await laptop.OpenAsync("/sessions");
        await Expect(laptop.Session("Kitchen laptop")).ToContainTextAsync("This device");
    }

    [Fact]
    [Trait("Check", "S40")]
    public async Task A_name_of_ten_thousand_characters_is_refused_with_a_sentence_and_kept()
    {
        await Portal.AddUserAsync(Ada);
        var page = await Portal.SignedInAsync(Ada);
        await RenameAsync(page, new string('x', 10_000));
        await Expect(page.Dialog).ToContainTextAsync("A device name has at most 64 characters; this one has");
        Assert.InRange((await page.Field("Device name").InputValueAsync()).Length, 8_000, 10_000);
        await page.Button("Cancel").ClickAsync();
        await Expect(page.Session("Chrome on Linux")).ToBeVisibleAsync();
    }

    [Fact]
    [Trait("Check", "S23")]
    public async Task Markup_in_a_name_is_text()
    {
        const string name = "<img src=x onerror=document.title='x'>";
        await Portal.AddUserAsync(Ada);
        var page = await Portal.SignedInAsync(Ada);
        await RenameAsync(page, name);
        await Expect(page.Session(name)).ToBeVisibleAsync();
        await page.OpenAsync("/sessions");
        await Expect(page.Session(name)).ToBeVisibleAsync();
        await Expect(page.Page.Locator("main img")).ToHaveCountAsync(0);
        await Expect(page.Page).ToHaveTitleAsync("Your active sessions – ConcurrentSessions");
    }

    private static async Task RenameAsync(PortalPage page, string name)
    {
        await page.ButtonOf("Chrome on Linux", "Rename").ClickAsync();
        await page.Field("Device name").FillAsync(name);
        await page.Button("Save").ClickAsync();
    }
}
