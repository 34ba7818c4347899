using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class AccountMailTests
{
    private const string Link = "https://portal.example/Account/ResetPassword?code=abc&x=1";

    private readonly PortalUser ada = new() { UserName = "ada@example.com", Email = "ada@example.com" };

    [Fact]
    [Trait("Check", "S33")]
    public async Task A_mail_goes_to_the_address_on_file_and_not_to_what_was_typed()
    {
        await using var desk = await MailDesk.WithPickupAsync();

        await desk.AccountMails.SendPasswordResetLinkAsync(ada, "attacker@example.com", Link);
        await desk.AccountMails.SendConfirmationLinkAsync(ada, "attacker@example.com", Link);

        Assert.All(await desk.RowsAsync(), row => Assert.Equal("ada@example.com", row.To));
    }

    [Fact]
    public async Task A_link_is_whole_in_text_and_encoded_once_in_html()
    {
        await using var desk = await MailDesk.WithPickupAsync();

        await desk.AccountMails.SendPasswordResetLinkAsync(ada, ada.Email!, Link);

        var row = Assert.Single(await desk.RowsAsync());
        Assert.Contains(Link + "\n", row.TextBody, StringComparison.Ordinal);
        Assert.Contains("code=abc&amp;x=1\"", row.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S35")]
    public async Task A_mail_with_a_link_lives_as_long_as_the_link()
    {
        await using var desk = await MailDesk.WithPickupAsync();

        await desk.AccountMails.SendPasswordResetCodeAsync(ada, ada.Email!, "123456");
        await desk.AccountMails.SendConfirmationLinkAsync(ada, ada.Email!, Link);

        Assert.Equal(
            [MailedToken.Lifetime, MailedToken.Lifetime],
            (await desk.RowsAsync()).Select(row => (row.ExpiresAt - row.CreatedAt)!.Value));
    }

    [Fact]
    [Trait("Check", "S39")]
    public async Task However_often_somebody_asks_at_most_three_mails_an_hour_reach_an_address()
    {
        await using var desk = await MailDesk.WithPickupAsync();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(n => n % 2 == 0
            ? desk.AccountMails.SendPasswordResetLinkAsync(ada, ada.Email!, Link)
            : desk.AccountMails.SendAlreadyRegisteredAsync(ada)));
        Assert.Equal(3, (await desk.RowsAsync()).Count);

        desk.Clock.Advance(TimeSpan.FromHours(1));
        await desk.AccountMails.SendPasswordResetLinkAsync(ada, ada.Email!, Link);
        Assert.Equal(4, (await desk.RowsAsync()).Count);
    }

    [Fact]
    [Trait("Check", "S18")]
    public async Task Links_of_the_portals_own_are_under_its_public_address()
    {
        await using var desk = await MailDesk.WithPickupAsync();

        await desk.AccountMails.SendAlreadyRegisteredAsync(ada);

        Assert.Contains("\nhttps://portal.example/Account/Login\n", Assert.Single(await desk.RowsAsync()).TextBody, StringComparison.Ordinal);
    }
}
