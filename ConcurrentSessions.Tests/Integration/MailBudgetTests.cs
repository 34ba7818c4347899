using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>However much happens, an address gets few mails, and whoever causes them learns nothing of it.</summary>
[Trait("Check", "S39")]
public sealed class MailBudgetTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";

    private readonly string places = Path.Combine(Path.GetTempPath(), $"places-{Guid.NewGuid():N}.mmdb");
    private readonly PortalFactory portal = new();

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllBytesAsync(places, TinyMmdb.TwoPlaces);
        portal.With("Locations:Databases:0", places).With("Portal:PostsPerMinute", "1000000");
        await portal.AddUserAsync(Ada);
        await portal.LimitAsync(Roles.User, null);
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        File.Delete(places);
    }

    [Fact]
    public async Task A_thousand_requests_for_one_address_are_three_mails_and_a_thousand_equal_answers()
    {
        (string Path, string Form, (string, string)[] Fields)[] pages =
        [
            ("/Account/ForgotPassword", "forgot-password", [("Input.Email", Ada)]),
            ("/Account/ResendEmailConfirmation", "resend-email-confirmation", [("Input.Email", Ada)]),
            ("/Account/Register", "register", [("Input.Email", Ada), ("Input.Password", "a new long password"), ("Input.ConfirmPassword", "a new long password")]),
        ];
        using var visitor = portal.NewVisitor();
        foreach (var page in pages)
        {
            var hidden = await visitor.OpenFormAsync(page.Path, page.Form);
            var answers = new HashSet<(HttpStatusCode, string?)>();
            for (var asked = 0; asked < 334; asked++)
            {
                using var answer = await visitor.PostAsync(page.Path, [.. hidden, .. page.Fields]);
                answers.Add((answer.StatusCode, answer.Headers.Location?.ToString()));
            }

            Assert.Single(answers);
        }

        Assert.Equal(3, (await portal.MailsAsync()).Count);
    }

    [Fact]
    public async Task Capital_letters_make_no_other_mailbox_and_other_accounts_no_other_budget()
    {
        await using var desk = await MailDesk.WithPickupAsync();
        foreach (var (account, address) in new[] { ("one", "victim@example.com"), ("two", "Victim@example.com"), ("three", "VICTIM@example.com"), ("four", "victim@EXAMPLE.com") })
        {
            await desk.AccountMails.SendEmailChangeLinkAsync(new() { Email = $"{account}@example.com" }, address, _ => Task.FromResult(new Uri("https://portal.example/x")));
        }

        Assert.Equal(3, (await desk.RowsAsync()).Count);
    }

    [Fact]
    public async Task Five_hundred_sign_ins_from_alternating_places_are_ten_mails_and_a_digest()
    {
        for (var n = 0; n < 500; n++)
        {
            using var visitor = portal.NewVisitor(n % 2 == 0 ? $"81.2.{n / 200}.{n % 200}" : $"203.0.{n / 200}.{n % 200}");
            using var answer = await visitor.SignInAsync(Ada);
            Assert.Equal((HttpStatusCode.Found, "/sessions"), (answer.StatusCode, answer.Headers.Location?.ToString()));
        }

        Assert.Equal(MailPost.Budget, (await portal.MailsAsync(Ada, "New sign-in")).Count);
        Assert.Empty(await portal.MailsAsync(Ada, "more notices"));

        portal.Clock.Advance(MailPost.DigestPeriod);
        await portal.MailsAsync();
        var digest = Assert.Single(await portal.MailsAsync(Ada, "more notices"));
        Assert.Equal("ConcurrentSessions: 489 more notices about your account", digest.Subject); // the very first sign-in was silent
        Assert.Contains("Sign-in from Firefox on Linux, Sydney", digest.TextBody, StringComparison.Ordinal);
        Assert.Contains("464 earlier ones", digest.TextBody, StringComparison.Ordinal);
        Assert.False(await portal.InDatabaseAsync(db => db.HeldNotices.AnyAsync()));

        using var reporter = portal.NewVisitor();
        await reporter.SubmitAsync(digest.LinkTo("/Account/NotMe"), "not-me");
        Assert.Single(await portal.AuditAsync(AuditNames.SignInReported));
    }

    [Fact]
    public async Task Of_two_nodes_one_writes_the_digest_and_the_next_day_mails_are_single_again()
    {
        for (var n = 0; n < 12; n++)
        {
            using var visitor = portal.NewVisitor();
            await visitor.SignInAsync(Ada);
        }

        await portal.MailsAsync();
        portal.Clock.Advance(MailPost.DigestPeriod);
        var digests = portal.Services.GetRequiredService<Digests>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => digests.WriteDueAsync(default))));
        Assert.Single(await portal.MailsAsync(Ada, "One more notice"));

        portal.Clock.Advance(MailPost.BudgetPeriod);
        using var tomorrow = portal.NewVisitor();
        await tomorrow.SignInAsync(Ada);
        Assert.Equal(MailPost.Budget + 1, (await portal.MailsAsync(Ada, "New sign-in")).Count);
    }
}
