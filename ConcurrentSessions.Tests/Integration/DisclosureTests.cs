using System.Net;
using System.Text.RegularExpressions;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Locations;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What lies beside the portal, what it is made of and why it failed is nobody's business.</summary>
[Trait("Check", "S57")]
public sealed partial class DisclosureTests(DisclosureTests.World world) : IClassFixture<DisclosureTests.World>
{
    [Theory]
    [InlineData("/appsettings.json")]
    [InlineData("/appsettings.Development.json")]
    [InlineData("/%61ppsettings.json")]
    [InlineData("/data/portal.db")]
    [InlineData("/Data/portal.db-wal")]
    [InlineData("/data/mail/")]
    [InlineData("/portal.db")]
    [InlineData("/../appsettings.json")]
    [InlineData("/..%2fappsettings.json")]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("/_content/../../appsettings.json")]
    [InlineData("/.git/config")]
    [InlineData("/.git/HEAD")]
    [InlineData("/.env")]
    [InlineData("/web.config")]
    [InlineData("/app.css.bak")]
    [InlineData("/app.css~")]
    [InlineData("/ConcurrentSessions.Web.dll")]
    [InlineData("/ConcurrentSessions.Web.deps.json")]
    [InlineData("/ConcurrentSessions.Web.pdb")]
    [InlineData("/swagger")]
    [InlineData("/swagger/index.html")]
    [InlineData("/swagger/v1/swagger.json")]
    [InlineData("/metrics")]
    [InlineData("/health")]
    [InlineData("/health/detail")]
    [InlineData("/debug")]
    [InlineData("/trace.axd")]
    [InlineData("/elmah.axd")]
    [InlineData("/dev/mail")]
    [InlineData("/_framework/debug/ws-proxy")]
    public async Task What_is_no_page_is_not_found(string path)
    {
        using var visitor = world.Portal.NewVisitor();
        using var answer = await visitor.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        ProtectiveHeaders.AssertOn(answer);
    }

    [Fact]
    public async Task The_description_of_the_API_is_for_who_is_signed_in()
    {
        using var visitor = world.Portal.NewVisitor();
        using var answer = await visitor.GetAsync("/openapi/v1.json");
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("/health/live", "Healthy")]
    [InlineData("/health/ready", "Healthy")]
    public async Task A_probe_is_told_one_word(string path, string word)
    {
        using var visitor = world.Portal.NewVisitor();
        using var answer = await visitor.GetAsync(path);
        Assert.Equal(word, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_failure_nobody_thought_of_says_a_number_and_nothing_else()
    {
        using var visitor = world.Portal.NewVisitor(World.Unlucky);
        using var answer = await visitor.SignInAsync("ada@portal.example");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        ProtectiveHeaders.AssertOn(answer);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Something went wrong", html, StringComparison.Ordinal);
        Assert.Matches("mention this number: <code>[^<]{8,}</code>", html);
        Assert.DoesNotMatch(Innards(), html);
    }

    [GeneratedRegex("Exception|ConcurrentSessions\\.(Web|Tests)\\.|   at |\\.cs:|secret reason|Microsoft\\.|Npgsql|Sqlite")]
    private static partial Regex Innards();

    public sealed class World : IAsyncLifetime
    {
        public const string Unlucky = "192.0.2.13";

        public PortalFactory Portal { get; } = new UnluckyPortal()
            .With("environment", "Production").With("AllowedHosts", "localhost").With("Portal:PublicUrl", "https://localhost").With("Passwords:HashIterations", "210000");

        public async ValueTask InitializeAsync() => await Portal.AddUserAsync("ada@portal.example");

        public ValueTask DisposeAsync() => Portal.DisposeAsync();
    }

    /// <summary>A portal whose look-up of places has a fault that nobody has found yet.</summary>
    private sealed class UnluckyPortal : PortalFactory
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureTestServices(services => services.Replace(ServiceDescriptor.Singleton<IIpLocator, FaultyLocator>()));
        }
    }

    private sealed class FaultyLocator : IIpLocator
    {
        public LocationAttribution? Attribution => null;

        public Place Find(IPAddress address) =>
            address.ToString() == World.Unlucky ? throw new InvalidOperationException("A secret reason.") : Place.Unknown;
    }
}
