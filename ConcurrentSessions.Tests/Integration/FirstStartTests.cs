using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class FirstStartTests
{
    [Fact]
    public async Task In_Production_there_is_no_account_until_the_one_time_link_is_used_once()
    {
        await using var portal = InProduction();
        Assert.Equal(0, await portal.InDatabaseAsync(db => db.Users.CountAsync()));
        var link = await NewLinkAsync(portal);
        using var first = portal.NewVisitor();
        await BecomeAsync(first, link, "boss@portal.example");
        await first.SignInAsync("boss@portal.example");
        Assert.Single(await portal.ActiveSessionsAsync("boss@portal.example"));
        Assert.Equal("boss@portal.example", await portal.InDatabaseAsync(db => db.ActiveAdministrators().Select(u => u.Email).SingleAsync()));

        using var second = portal.NewVisitor();
        using var again = await second.GetAsync(link);
        Assert.Contains("This link does not work", await again.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_link_dies_after_a_day_and_a_forged_one_never_works()
    {
        await using var portal = InProduction();
        var link = await NewLinkAsync(portal);
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow() + SetUpLink.Lifetime);
        using var visitor = portal.NewVisitor();
        foreach (var dead in new[] { link, "/Account/SetUp", "/Account/SetUp?key=nonsense", "/Account/SetUp?key=" + new string('A', 43) })
        {
            using var page = await visitor.GetAsync(dead);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            Assert.Contains("This link does not work", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_configured_administrator_is_made_once()
    {
        await using var portal = InProduction().With("Bootstrap:AdminEmail", "boss@portal.example").With("Bootstrap:AdminPassword", PortalFactory.Password);
        using var boss = portal.NewVisitor();
        await boss.SignInAsync("boss@portal.example");
        Assert.Single(await portal.ActiveSessionsAsync("boss@portal.example"));
    }

    [Theory]
    [InlineData("Sessions:Limit", "0", "Sessions:Limit is '0'; it must be a whole number from 1 to 1000.")]
    [InlineData("Sessions:Limit", "-1", "Sessions:Limit is '-1'; it must be a whole number from 1 to 1000.")]
    [InlineData("Sessions:Limit", "1000000000", "Sessions:Limit is '1000000000'; it must be a whole number from 1 to 1000.")]
    [InlineData("Sessions:Limit", "many", "Sessions:Limit is 'many'; it must be a whole number.")]
    [InlineData("Authentication:Oidc:ClientId", "portal", "Authentication:Oidc:Authority is ''; it must be the provider's https address, like https://login.example (http only on this machine).")]
    [InlineData("Sessions:WhenFull", "Panic", "Sessions:WhenFull is 'Panic'; it must be Ask or EvictLeastRecent or Refuse.")]
    [InlineData("Sessions:IdleTimeout", "soon", "Sessions:IdleTimeout is 'soon'; it must be a duration like 00:30:00 (hours, minutes, seconds) or 14.00:00:00 (days first).")]
    [InlineData("Privacy:IpAddressDays", "0", "Privacy:IpAddressDays is '0'; it must be a whole number of days from 1 to 3650.")]
    [InlineData("Portal:PublicUrl", "portal", "Portal:PublicUrl is 'portal'; it must be the address people use, like https://portal.example, without a path.")]
    [InlineData("AllowedHosts", "*", "AllowedHosts is '*'; in Production it must list the host names of the portal, separated by semicolons, without '*'.")]
    [InlineData("Portal:KnownProxies:0", "proxy", "Portal:KnownProxies holds 'proxy'; each must be an IP address or a network like 10.0.0.0/8.")]
    [InlineData("Passwords:HashIterations", "100000", "Passwords:HashIterations is '100000'; it must be a whole number from 210000 to 10000000.")]
    [InlineData("SignIn:Guessing:Profile", "Never", "SignIn:Guessing:Profile is 'Never'; it must be Delay or Lock.")]
    [InlineData("SignIn:Guessing:LockAfter", "11", "SignIn:Guessing:LockAfter is '11'; it must be a whole number from 3 to 10.")]
    [InlineData("SignIn:Guessing:LockFor", "00:29", "SignIn:Guessing:LockFor is '00:29:00'; it must be 00:30:00 to 1.00:00:00.")]
    [InlineData("Database:Provider", "Oracle", "Database:Provider is 'Oracle'; it must be Sqlite or Postgres.")]
    [InlineData("ConnectionStrings:Portal", "nonsense", "ConnectionStrings:Portal cannot be read; for Sqlite it must look like 'Data Source=data/portal.db'.")]
    public async Task A_wrong_setting_stops_the_start_with_one_line(string key, string value, string sentence)
    {
        Assert.Equal((1, sentence), await PortalProcess.StartAsync((key, value)));
    }

    private static PortalFactory InProduction() => new PortalFactory()
        .With("environment", "Production").With("AllowedHosts", "localhost").With("Portal:PublicUrl", "https://localhost");

    private static async Task<string> NewLinkAsync(PortalFactory portal)
    {
        await using var scope = portal.Services.CreateAsyncScope();
        var link = await scope.ServiceProvider.GetRequiredService<Bootstrap>().RunAsync(offerLink: true, default);
        return link!.PathAndQuery;
    }

    private static Task<HttpResponseMessage> BecomeAsync(Visitor visitor, string link, string email) => visitor.SubmitAsync(link, "set-up",
        ("Input.Email", email), ("Input.Password", PortalFactory.Password), ("Input.ConfirmPassword", PortalFactory.Password));
}
