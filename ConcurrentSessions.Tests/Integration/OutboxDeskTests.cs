using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Administrators see what became of each mail and have one that was given up tried again.</summary>
public sealed class OutboxDeskTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";

    private readonly SmtpPeer peer = SmtpPeer.Started();
    private readonly PortalFactory portal = new();
    private PortalUser boss = null!;
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync()
    {
        portal.With("Email:Host", "127.0.0.1").With("Email:Port", $"{peer.Port}").With("Email:Security", "None");
        boss = await portal.AddUserAsync("boss@portal.example", Roles.Admin);
        ada = await portal.AddUserAsync(Ada);
        peer.OnRecipient = _ => "550 no such mailbox";
    }

    public async ValueTask DisposeAsync()
    {
        await portal.DisposeAsync();
        await peer.DisposeAsync();
    }

    [Fact]
    [Trait("Check", "S35")]
    public async Task A_notice_that_was_given_up_is_shown_with_its_error_and_sent_when_it_is_tried_again()
    {
        var mail = await GiveUpAsync(validFor: null);
        Assert.Equal((MailState.GivenUp, true, "550 no such mailbox"), (mail.State, mail.MayBeRetried, mail.LastError));

        peer.OnRecipient = _ => null;
        Assert.True(await Desk.RetryAsync(mail.Id, Actor.Person(boss.Id, null, null), default));
        await portal.MailsAsync();
        Assert.Equal("ConcurrentSessions: Hello", Assert.Single(peer.Received).Subject);
        var told = Assert.Single(await portal.AuditAsync(AuditNames.MailRetried));
        Assert.Equal((boss.Id, ada.Id), (told.ActorId, told.SubjectId));
        Assert.False(await Desk.RetryAsync(mail.Id, Actor.Person(boss.Id, null, null), default));
    }

    [Fact]
    [Trait("Check", "S35")]
    public async Task One_that_is_tried_again_is_tried_for_another_day()
    {
        var mail = await GiveUpAsync(validFor: null);
        portal.Clock.Advance(TimeSpan.FromDays(2));
        peer.OnRecipient = _ => "451 try again later";
        await Desk.RetryAsync(mail.Id, Actor.Person(boss.Id, null, null), default);
        await portal.Services.GetRequiredService<OutboxSender>().DeliverDueAsync(default);
        await portal.UntilAsync(async () => (await FindAsync(mail.Id.ToString())).Attempts > 0);
        Assert.Equal(MailState.Waiting, (await FindAsync(mail.Id.ToString())).State);
    }

    [Fact]
    [Trait("Check", "S10")]
    public async Task A_mail_whose_link_opens_something_is_not_kept_when_it_is_given_up()
    {
        var mail = await GiveUpAsync(TimeSpan.FromHours(1));
        Assert.False(mail.MayBeRetried);
        Assert.False(await Desk.RetryAsync(mail.Id, Actor.Person(boss.Id, null, null), default));
        Assert.Equal("", await portal.InDatabaseAsync(db => db.Outbox.Select(m => m.TextBody + m.HtmlBody).SingleAsync()));
    }

    [Fact]
    [Trait("Check", "S09")]
    public async Task Nobody_but_an_administrator_has_mails_tried_again()
    {
        var mail = await GiveUpAsync(validFor: null);
        Assert.False(await Desk.RetryAsync(mail.Id, Actor.Person(ada.Id, null, null), default));
        Assert.False(await Desk.RetryAsync(mail.Id, Actor.Visitor(null), default));
    }

    [Fact]
    public async Task The_text_of_one_that_was_given_up_is_wiped_after_a_week()
    {
        var mail = await GiveUpAsync(validFor: null);
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow() + TimeSpan.FromDays(8));
        await portal.InDatabaseAsync(async db =>
        {
            foreach (var purge in portal.Services.GetServices<IPurge>())
            {
                await purge.PurgeSomeAsync(db, default);
            }

            return 0;
        });
        Assert.False((await FindAsync(mail.Id.ToString())).MayBeRetried);
    }

    [Fact]
    [Trait("Check", "S23")]
    public async Task The_page_finds_a_mail_by_its_reference_and_shows_no_word_of_it()
    {
        var mail = await GiveUpAsync(validFor: null);
        using var admin = portal.NewVisitor();
        await admin.SignInAsync("boss@portal.example");
        using var page = await admin.GetAsync($"/admin/mail?q={mail.Reference}");
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Contains("550 no such mailbox", html, StringComparison.Ordinal);
        Assert.Contains("Try again", html, StringComparison.Ordinal);
        Assert.DoesNotContain("a word of it", html, StringComparison.Ordinal);
    }

    private OutboxDesk Desk => portal.Services.GetRequiredService<OutboxDesk>();

    private async Task<MailView> GiveUpAsync(TimeSpan? validFor)
    {
        var post = portal.Services.GetRequiredService<MailPost>();
        await portal.InDatabaseAsync(db =>
        {
            post.Promise(db, new("greeting", Ada, ada.Id, new("Hello", "a word of it"), portal.Clock.GetUtcNow()) { ValidFor = validFor });
            return db.SaveChangesAsync();
        });
        await portal.MailsAsync();
        return await FindAsync(Ada.ToUpperInvariant());
    }

    private async Task<MailView> FindAsync(string text) => Assert.Single((await Desk.SearchAsync(text, null, 0, default)).Mails);
}
