using System.Reflection;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace ConcurrentSessions.Tests.Browser;

public sealed class AppearanceTests(Chromium chromium) : BrowserTest(chromium)
{
    private const string Root = "root@portal.example";
    private const int Phone = 390;

    [Fact]
    public async Task A_dark_theme_stays_dark_on_static_and_on_live_pages()
    {
        await Portal.AddUserAsync(Root);
        var page = await Portal.NewBrowserAsync();
        await page.GoAsync("/Account/Login");
        await page.Button("Dark theme").ClickAsync();
        await ExpectDarkAsync(page);
        await page.SignInAsync(Root);
        await page.InteractiveAsync();
        await ExpectDarkAsync(page);
        await page.OpenAsync("/sessions/history");
        await ExpectDarkAsync(page);
        await page.GoAsync("/Account/Manage");
        await ExpectDarkAsync(page);
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(Phone)]
    public async Task No_page_for_strangers_complains_asks_other_hosts_or_scrolls_sideways(int width)
    {
        var page = await Portal.NewBrowserAsync(width: width);
        await WalkAsync(page, Pages(forStrangers: true));
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(Phone)]
    public async Task No_page_for_an_administrator_complains_asks_other_hosts_or_scrolls_sideways(int width)
    {
        var root = await Portal.AddUserAsync(Root, Roles.Admin, Roles.User);
        var ada = await Portal.AddUserAsync("ada.with.quite.a.lengthy.name.indeed@subdomain.portal.example");
        await Portal.SignedInAsync(ada.Email!, UserAgents.Windows);
        var page = await Portal.NewBrowserAsync(width: width);
        await page.SignInAsync(root.Email!);
        await WalkAsync(page, [.. Pages(forStrangers: false), "/", $"/admin/users/{ada.Id}", "/admin/users/nobody"]);
    }

    private static async Task ExpectDarkAsync(PortalPage page)
    {
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await Expect(page.Page.Locator("body")).ToHaveCSSAsync("background-color", "rgb(19, 26, 28)");
    }

    /// <summary>Every page of the portal whose address has no variable part.</summary>
    private static string[] Pages(bool forStrangers) =>
    [
        .. from page in typeof(Program).Assembly.GetTypes()
           from route in page.GetCustomAttributes<RouteAttribute>()
           where !route.Template.Contains('{') && route.Template is not "/not-found"
           where page.IsDefined(typeof(AuthorizeAttribute)) != forStrangers
           orderby route.Template
           select route.Template,
    ];

    private async Task WalkAsync(PortalPage page, string[] paths)
    {
        var problems = new List<string>();
        var here = "";
        page.Page.Console += (_, message) => Note(message.Type is "error" or "warning", message.Text);
        page.Page.PageError += (_, error) => Note(true, error);
        page.Page.Request += (_, request) => Note(!request.Url.StartsWith(Portal.Address, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal), request.Url);
        foreach (var path in paths)
        {
            here = path;
            await page.GoAsync(path);
            await page.SettledAsync();
            var tooWide = await page.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
            Note(tooWide > 0, $"{tooWide} pixels too wide");
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));

        void Note(bool isProblem, string text)
        {
            if (isProblem)
            {
                problems.Add($"{here}: {text}");
            }
        }
    }
}
