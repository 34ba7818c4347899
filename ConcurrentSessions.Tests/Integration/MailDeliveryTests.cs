using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Mail;
using Microsoft.Extensions.Options;
using MimeKit;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class MailDeliveryTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task Without_a_server_a_mail_becomes_a_file_in_the_pickup_folder()
    {
        await using var desk = await MailDesk.WithPickupAsync();
        await desk.PromiseAsync(subject: "Grüße");

        await desk.Sender.DeliverDueAsync(Never);

        var file = Assert.Single(Directory.GetFiles(desk.PickupFolder));
        using var mail = await MimeMessage.LoadAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(("ada@example.com", "Grüße"), (mail.To.ToString(), mail.Subject));
    }

    [Theory]
    [InlineData("ada@example.com\r\nBcc: victim@example.com")]
    [InlineData("ada@example.com, victim@example.com")]
    [InlineData("\"ada\r\nRCPT TO:<victim@example.com>\"@example.com")]
    [InlineData("Ada <ada@example.com>")]
    [InlineData("not an address")]
    [InlineData("nobody")]
    [Trait("Check", "S22")]
    public async Task An_address_that_is_not_exactly_one_is_given_up(string address)
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        var id = await desk.PromiseAsync(address);

        await desk.Sender.DeliverDueAsync(Never);

        Assert.Empty(peer.Received);
        Assert.NotNull((await desk.RowAsync(id)).FailedAt);
    }

    [Theory]
    [InlineData("ada+portal@example.com")]
    [InlineData("Ada.Lovelace@EXAMPLE.com")]
    [InlineData("ada@xn--bcher-kva.example")]
    [InlineData("\"ada lovelace\"@example.com")]
    public async Task An_unusual_address_is_an_address(string address)
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        await desk.PromiseAsync(address);

        await desk.Sender.DeliverDueAsync(Never);

        Assert.Single(Assert.Single(peer.Received).To);
    }

    [Fact]
    [Trait("Check", "S22")]
    public async Task A_subject_cannot_add_headers()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        await desk.PromiseAsync(subject: "Hello\r\nBcc: victim@example.com\r\n\r\nbody");

        await desk.Sender.DeliverDueAsync(Never);

        var mail = Assert.Single(peer.Received);
        Assert.Empty(mail.Bcc);
        Assert.Equal("Hello Bcc: victim@example.com body", mail.Subject);
        Assert.Single(mail.To);
    }

    [Fact]
    public async Task The_portal_authenticates_where_it_is_told_to()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer, userName: "portal", password: "pass-word");
        await desk.PromiseAsync();

        await desk.Sender.DeliverDueAsync(Never);

        Assert.Single(peer.Received);
        Assert.Equal("\0portal\0pass-word", peer.Credentials);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_without_a_certificate_to_trust_gets_neither_mail_nor_password(bool offersTls)
    {
        await using var peer = SmtpPeer.Started();
        peer.OffersTls = offersTls;
        await using var desk = await MailDesk.WithServerAsync(peer, "StartTls", "portal", "pass-word");
        var id = await desk.PromiseAsync();

        await desk.Sender.DeliverDueAsync(Never);

        Assert.Empty(peer.Received);
        Assert.Null(peer.Credentials);
        Assert.DoesNotContain("pass-word", (await desk.RowAsync(id)).LastError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Email:Port", "smtp", "Email:Port is 'smtp'; it must be a number from 1 to 65535.")]
    [InlineData("Email:Port", "0", "Email:Port is '0'; it must be a number from 1 to 65535.")]
    [InlineData("Email:Security", "Tls", "Email:Security is 'Tls'; it must be None, StartTls or SslOnConnect.")]
    [InlineData("Email:From", "nobody", "Email:From is 'nobody'; it must be one mail address, like 'Portal <no-reply@portal.example>'.")]
    [InlineData("Email:PickupDirectory", "", "Email:PickupDirectory is ''; without Email:Host it must name a folder.")]
    public void A_wrong_setting_is_named_with_what_is_allowed(string key, string value, string complaint)
    {
        var error = Assert.Throws<OptionsValidationException>(() => MailDesk.OptionsFrom((key, value)));

        Assert.Equal([complaint], error.Failures);
    }

    [Fact]
    public void A_password_is_not_sent_in_clear_text_to_another_machine()
    {
        var error = Assert.Throws<OptionsValidationException>(() => MailDesk.OptionsFrom(
            ("Email:Host", "mail.example"), ("Email:Security", "None"), ("Email:UserName", "portal"), ("Email:Password", "pass-word")));

        Assert.StartsWith("Email:Security is 'None'", Assert.Single(error.Failures), StringComparison.Ordinal);
        Assert.DoesNotContain("pass-word", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_settings_words_are_read_whatever_their_case() =>
        Assert.Equal(EmailSecurity.SslOnConnect, MailDesk.OptionsFrom(("Email:Security", "sslonconnect")).Security);
}
