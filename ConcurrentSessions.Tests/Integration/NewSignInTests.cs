using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A mail goes out when a device or a place is new, and never otherwise.</summary>
[Trait("Check", "S21")]
public sealed class NewSignInTests : IAsyncLifetime
{
    private const string London = "81.2.69.142";
    private const string Sydney = "1.128.0.1";

    private readonly string folder = Directory.CreateTempSubdirectory("places-").FullName;
    private readonly PortalFactory portal = new();

    public async ValueTask InitializeAsync()
    {
        var places = Path.Combine(folder, "places.mmdb");
        await TinyMmdb.WriteAsync(places, (London, "GB", "United Kingdom", "England", "London"), (Sydney, "AU", "Australia", "New South Wales", "Sydney"));
        portal.With("Locations:Databases:0", places);
        await portal.AddUserAsync("ada@portal.example");
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_very_first_sign_in_of_an_account_is_silent()
    {
        using var laptop = portal.NewVisitor(London);
        await laptop.SignInAsync("ada@portal.example");
        Assert.Empty(await portal.MailsAsync());
    }
}
