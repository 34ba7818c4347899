using System.Globalization;
using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A mail goes out when a device or a place is new, and never otherwise.</summary>
[Trait("Check", "S21")]
public sealed class NewSignInTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";
    private const string London = "81.2.69.142";
    private const string Sydney = "203.0.113.99";

    private readonly string places = Path.Combine(Path.GetTempPath(), $"places-{Guid.NewGuid():N}.mmdb");
    private readonly PortalFactory portal = new();

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllBytesAsync(places, TinyMmdb.TwoPlaces);
        portal.With("Locations:Databases:0", places);
        await portal.AddUserAsync(Ada);
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        File.Delete(places);
    }

    [Fact]
    public async Task The_very_first_sign_in_of_an_account_is_silent()
    {
        using var laptop = portal.NewVisitor(London);
        await laptop.SignInAsync(Ada);
        Assert.Empty(await portal.MailsAsync());
        Assert.Equal("London, GB", Short(Assert.Single(await portal.ActiveSessionsAsync(Ada)).Place));
    }

    [Fact]
    public async Task A_known_device_in_a_new_place_is_one_mail_and_the_same_place_again_none()
    {
        using var laptop = portal.NewVisitor(London);
        await laptop.SignInAsync(Ada);
        await laptop.SignOutAsync();
        using var sameLaptopAbroad = Moved(laptop, Sydney);
        await sameLaptopAbroad.SignInAsync(Ada);
        await sameLaptopAbroad.SignOutAsync();
        await sameLaptopAbroad.SignInAsync(Ada);

        var mail = Assert.Single(await portal.MailsAsync());
        Assert.Equal(Ada, Assert.Single(mail.To.Mailboxes).Address);
        Assert.Contains("Sydney", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("Firefox on Linux", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains(portal.Clock.GetUtcNow().ToString("HH:mm", CultureInfo.InvariantCulture) + " UTC", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("http://localhost:5080/sessions", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("a new place", mail.TextBody, StringComparison.Ordinal);
        Assert.Single(await portal.AuditAsync(AuditNames.MailSent));
    }

    [Fact]
    public async Task A_new_device_in_a_known_place_is_one_mail()
    {
        using var laptop = portal.NewVisitor(London);
        await laptop.SignInAsync(Ada);
        using var phone = portal.NewVisitor(London, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1");
        await phone.SignInAsync(Ada);
        var mail = Assert.Single(await portal.MailsAsync());
        Assert.Contains("Safari on iPhone", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("a new device", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_from_afar_is_no_mail()
    {
        using var laptop = portal.NewVisitor(London);
        await laptop.SignInAsync(Ada);
        using var stranger = portal.NewVisitor(Sydney);
        await stranger.SignInAsync(Ada, "not the right password");
        Assert.Empty(await portal.MailsAsync());
    }

    [Fact]
    [Trait("Check", "S22")]
    public async Task A_hostile_user_agent_changes_nothing_of_the_mail()
    {
        using var laptop = portal.NewVisitor(London);
        await laptop.SignInAsync(Ada);
        using var stranger = portal.NewVisitor(Sydney, "<b>Firefox/1</b> https://evil.example \u202e Bcc: all@evil.example");
        await stranger.SignInAsync(Ada);
        var mail = Assert.Single(await portal.MailsAsync());
        Assert.Empty(mail.Bcc);
        Assert.Single(mail.To);
        Assert.DoesNotContain("evil", mail.TextBody + mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S51")]
    public async Task Without_a_location_file_the_place_is_unknown_and_nothing_is_new_about_it()
    {
        await using var blind = new PortalFactory().With("Locations:Databases:0", places + ".missing");
        await blind.AddUserAsync(Ada);
        using var laptop = blind.NewVisitor(London);
        await laptop.SignInAsync(Ada);
        await laptop.SignOutAsync();
        using var abroad = Moved(laptop, Sydney, blind);
        await abroad.SignInAsync(Ada);
        Assert.Equal("Unknown place", Assert.Single(await blind.ActiveSessionsAsync(Ada)).Place.Text);
        Assert.Empty(await blind.MailsAsync());
    }

    private Visitor Moved(Visitor visitor, string ipAddress, PortalFactory? to = null)
    {
        var moved = (to ?? portal).NewVisitor(ipAddress);
        foreach (Cookie cookie in visitor.Cookies.GetAllCookies())
        {
            moved.PlantCookie(cookie.Name, cookie.Value);
        }

        return moved;
    }

    private static string Short(Place place) => $"{place.City}, {place.CountryCode}";
}
