using ConcurrentSessions.Web.Alerts;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Risk;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

public sealed class NewSignInMailTests
{
    private static readonly NewSignInNotice Notice = new(
        "ConcurrentSessions (portal.example)", "ada@example.com", new(2026, 3, 1, 10, 2, 0, TimeSpan.Zero), "Europe/Paris", "Firefox on Linux",
        new("FR", "France", "Auvergne-Rhône-Alpes", "Lyon", null, null) { TimeZone = "Europe/Paris" }, "203.0.113.7",
        "password", RiskReasons.NewDevice | RiskReasons.NewPlace, [],
        new("https://portal.example/Account/NotMe?token=abc"), new("https://portal.example/sessions"));

    private static readonly Guid Reference = Guid.Parse("0195ab00-0000-7000-8000-000000000001");

    [Fact]
    [Trait("Check", "S21")]
    public void It_says_which_account_when_where_and_on_what_in_text_and_in_html()
    {
        var mail = Mail(Notice);
        string[] facts = ["ada@example.com", "portal.example", "1 March 2026, 10:02 UTC", "Firefox on Linux", "Lyon", "203.0.113.7", "password", "https://portal.example/Account/NotMe?token=abc", $"Reference: {Reference}"];

        Assert.All(facts, fact => Assert.Contains(fact, mail.Text, StringComparison.Ordinal));
        Assert.All(facts, fact => Assert.Contains(fact, mail.Html, StringComparison.Ordinal));
        Assert.Equal("ConcurrentSessions: New sign-in to your account from Firefox on Linux", mail.Subject);
    }

    [Fact]
    [Trait("Check", "S21")]
    public void It_gives_the_time_of_the_persons_own_clock_as_well_where_that_is_known()
    {
        Assert.Contains("1 March 2026, 10:02 UTC (11:02 in Paris)", Mail(Notice).Text, StringComparison.Ordinal);
        Assert.Contains("10:02 UTC (28 February, 23:02 in Pago Pago)", Mail(Notice with { Zone = "Pacific/Pago_Pago" }).Text, StringComparison.Ordinal);
        Assert.Contains("Time: 1 March 2026, 10:02 UTC\n", Mail(Notice with { Zone = null }).Text, StringComparison.Ordinal);
        Assert.Contains("Time: 1 March 2026, 10:02 UTC\n", Mail(Notice with { Zone = "evil.example/x" }).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void It_says_which_sessions_ended_to_make_room() =>
        Assert.Contains("Signed out to make room: Safari on iPhone; Edge on Windows", Mail(Notice with { MadeRoom = ["Safari on iPhone", "Edge on Windows"] }).Text, StringComparison.Ordinal);

    [Fact]
    public void It_says_why_it_was_sent_and_what_to_do()
    {
        var text = Mail(Notice with { Reasons = RiskReasons.NewPlace }).Text;

        Assert.Contains("this place was not used for your account before", text, StringComparison.Ordinal);
        Assert.Contains("If this was you, there is nothing to do.", text, StringComparison.Ordinal);
        Assert.Contains("https://portal.example/sessions", text, StringComparison.Ordinal);
        Assert.Contains("press “This wasn't me”", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<a href=\"https://evil.example\">x</a>")]
    [InlineData("evil.example/login")]
    [InlineData("www.evil.example")]
    [InlineData("mailto:a@evil.example")]
    [InlineData("x\r\nBcc: victim@evil.example")]
    [InlineData("\u202eelpmaxe.live")]
    [Trait("Check", "S22")]
    public void Foreign_text_becomes_neither_markup_nor_a_link_nor_a_header(string foreign)
    {
        var mail = Mail(Notice with { Device = foreign, Place = new(null, foreign, foreign, foreign, null, null), Method = foreign, IpAddress = foreign, MadeRoom = [foreign] });

        Assert.All([mail.Text, mail.Html], part =>
        {
            Assert.DoesNotContain("evil.example", part, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("elpmaxe.live", part, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("\u202e", part, StringComparison.Ordinal);
            Assert.DoesNotContain("<a href=\"https://evil", part, StringComparison.OrdinalIgnoreCase);
        });
        Assert.DoesNotContain(mail.Subject, char.IsControl);
    }

    [Theory]
    [InlineData("ada.lovelace+portal@example.com", "ada.lovelace+portal@example.com")]
    [InlineData("ada+evil.example/x@example.com", "ada+evil. example/x at example. com")]
    [InlineData("\"https://evil.example\"@example.com", "\"https: / /evil. example\" at example. com")]
    [Trait("Check", "S22")]
    public void An_address_is_written_as_it_is_unless_somebody_hid_a_link_in_it(string account, string written) =>
        Assert.Contains($"Your account {written} at", Mail(Notice with { Account = account }).Text, StringComparison.Ordinal);

    [Fact]
    [Trait("Check", "S22")]
    public void A_subject_stays_short_whatever_the_device_is_called()
    {
        var mail = Mail(Notice with { Device = new string('x', 32_000) });

        Assert.InRange(mail.Subject.Length, 1, MailText.SubjectLength);
        Assert.InRange(mail.Html.Length, 1, 10_000);
    }

    private static MailText Mail(NewSignInNotice notice) => MailLayout.LayOut(NewSignInMail.For(notice), new("https://portal.example/"), Reference);
}
