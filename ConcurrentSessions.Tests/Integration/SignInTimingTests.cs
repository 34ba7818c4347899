using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Counts the hashes instead of timing them: the same number of the same hash is the same time.</summary>
[Trait("Check", "S30")]
public sealed class SignInTimingTests : IAsyncLifetime
{
    private readonly HashingPortal portal = new();

    public async ValueTask InitializeAsync()
    {
        foreach (var name in new[] { "ada", "disabled", "unconfirmed", "passwordless" })
        {
            await portal.AddUserAsync(Address(name));
        }

        await SetAsync("disabled", user => user.Disable(portal.Clock.GetUtcNow()));
        await SetAsync("unconfirmed", user => user.EmailConfirmed = false);
        await SetAsync("passwordless", user => user.PasswordHash = null);

        // The first of all on a node makes the hash that stands for a missing one.
        using var first = portal.NewVisitor("198.51.100.1");
        await first.SignInAsync(Address("whoever"), "a password of nobody");
    }

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [Trait("Check", "M7")]
    [InlineData("ada")]
    [InlineData("disabled")]
    [InlineData("unconfirmed")]
    [InlineData("passwordless")]
    [InlineData("nobody")]
    public async Task A_wrong_password_costs_one_hash_whoever_it_is_for(string whose)
    {
        var (made, compared) = (portal.Hasher.Made, portal.Hasher.Compared);
        using var visitor = portal.NewVisitor();
        using var answer = await visitor.SignInAsync(Address(whose), "not the right password");
        Assert.Equal((0, 1), (portal.Hasher.Made - made, portal.Hasher.Compared - compared));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Email or password is wrong.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("disabled")]
    [InlineData("unconfirmed")]
    [InlineData("passwordless")]
    [InlineData("nobody")]
    public async Task No_password_costs_no_hash_whoever_it_is_for(string whose)
    {
        var compared = portal.Hasher.Compared;
        using var visitor = portal.NewVisitor();
        using var answer = await visitor.SignInAsync(Address(whose), "");
        Assert.Equal(0, portal.Hasher.Compared - compared);
        Assert.Contains("Enter your password.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada")]
    [InlineData("disabled")]
    [InlineData("unconfirmed")]
    [InlineData("passwordless")]
    [InlineData("nobody")]
    public async Task Registering_costs_one_hash_and_one_mail_whoever_has_the_address(string whose)
    {
        var (made, mails) = (portal.Hasher.Made, await MailsAsync());
        using var visitor = portal.NewVisitor();
        using var answer = await visitor.SubmitAsync("/Account/Register", "register",
            ("Input.Email", Address(whose)), ("Input.Password", PortalFactory.Password), ("Input.ConfirmPassword", PortalFactory.Password));
        Assert.Equal((1, 1), (portal.Hasher.Made - made, await MailsAsync() - mails));
        Assert.Equal("/Account/RegisterConfirmation", answer.Headers.Location?.PathAndQuery());
    }

    [Theory]
    [Trait("Check", "S39")]
    [InlineData("/Account/ForgotPassword", "forgot-password")]
    [InlineData("/Account/ResendEmailConfirmation", "resend-email-confirmation")]
    public async Task Asking_for_a_link_is_answered_the_same_and_hashes_nothing_whoever_it_is_for_and_however_often(string page, string form)
    {
        var (made, compared) = (portal.Hasher.Made, portal.Hasher.Compared);
        var answers = new List<(HttpStatusCode, string?)>();
        foreach (var whose in new[] { "ada", "disabled", "unconfirmed", "passwordless", "nobody", "ada", "ada", "ada", "ada", "unconfirmed", "unconfirmed", "unconfirmed" })
        {
            using var visitor = portal.NewVisitor();
            using var answer = await visitor.SubmitAsync(page, form, ("Input.Email", Address(whose)));
            answers.Add((answer.StatusCode, answer.Headers.Location?.PathAndQuery()));
        }

        Assert.Single(answers.Distinct());
        Assert.Equal((0, 0), (portal.Hasher.Made - made, portal.Hasher.Compared - compared));
    }

    private static string Address(string name) => $"{name}@portal.example";

    private Task<int> MailsAsync() => portal.InDatabaseAsync(db => db.Set<Web.Mail.OutboxMessage>().CountAsync());

    private Task<int> SetAsync(string name, Action<PortalUser> change) => portal.InDatabaseAsync(async db =>
    {
        change(await db.Users.SingleAsync(u => u.Email == Address(name)));
        return await db.SaveChangesAsync();
    });
}
