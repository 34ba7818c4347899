using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class OutboxTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    [Fact]
    public async Task A_promised_mail_is_delivered_once_and_says_so_in_the_audit_trail()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        var id = await desk.PromiseAsync();

        await desk.Sender.DeliverDueAsync(Never);
        await desk.Sender.DeliverDueAsync(Never);

        var mail = Assert.Single(peer.Received);
        Assert.Equal("ada@example.com", mail.To.ToString());
        Assert.Equal("Good day.", mail.TextBody?.Trim());
        Assert.Equal("<p>Good day.</p>", mail.HtmlBody?.Trim());
        Assert.Equal($"{id:N}@portal.example", mail.MessageId);
        var told = Assert.Single(await desk.AuditAsync());
        Assert.Equal((AuditNames.MailSent, "user-1", "greeting"), (told.Name, told.SubjectId, told.Reason));
    }

    [Fact]
    [Trait("Check", "S10")]
    public async Task What_a_delivered_mail_said_is_wiped()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        var id = await desk.PromiseAsync();

        await desk.Sender.DeliverDueAsync(Never);

        var row = await desk.RowAsync(id);
        Assert.Equal(("", ""), (row.TextBody, row.HtmlBody));
        Assert.Equal(desk.Clock.GetUtcNow(), row.SentAt);
    }

    [Fact]
    [Trait("Check", "S35")]
    public async Task A_mail_turned_down_for_now_is_tried_again_later()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        peer.OnRecipient = _ => "451 try again later";
        var id = await desk.PromiseAsync();
        await desk.Sender.DeliverDueAsync(Never);
        peer.OnRecipient = _ => null;

        await desk.Sender.DeliverDueAsync(Never);
        Assert.Empty(peer.Received);

        desk.Clock.Advance(TimeSpan.FromSeconds(5));
        await desk.Sender.DeliverDueAsync(Never);
        Assert.Single(peer.Received);
        Assert.Equal(2, (await desk.RowAsync(id)).Attempts);
    }

    [Fact]
    [Trait("Check", "S35")]
    public async Task An_address_refused_for_good_is_given_up_and_delays_nobody()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        peer.OnRecipient = to => to.StartsWith("nobody", StringComparison.Ordinal) ? "550 no such mailbox" : null;
        var bad = await desk.PromiseAsync("nobody@example.com");
        await desk.PromiseAsync();

        await desk.Sender.DeliverDueAsync(Never);

        Assert.Single(peer.Received);
        var row = await desk.RowAsync(bad);
        Assert.Equal(desk.Clock.GetUtcNow(), row.FailedAt);
        Assert.Equal("550 no such mailbox", row.LastError);
        Assert.Contains(await desk.AuditAsync(), e => e is { Name: AuditNames.MailFailed, Outcome: AuditOutcome.Failed, Reason: "greeting: 550 no such mailbox" });
    }

    [Fact]
    [Trait("Check", "S35")]
    public async Task While_the_server_is_down_one_mail_at_a_time_is_tried_and_none_is_lost()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        await peer.HangUpAsync();
        foreach (var user in Enumerable.Range(1, 30))
        {
            await desk.PromiseAsync($"user{user}@example.com");
        }

        for (var minute = 0; minute < 120; minute++)
        {
            Assert.Equal(0, await desk.Sender.DeliverDueAsync(Never));
            desk.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        peer.Start();
        await desk.Sender.DeliverDueAsync(Never);
        Assert.Equal(30, peer.Received.Select(m => m.To.ToString()).Distinct().Count());
        Assert.Equal(30, peer.Received.Count);
    }

    [Theory]
    [InlineData("421 not now")]
    [InlineData("554 go away")]
    [Trait("Check", "S35")]
    public async Task A_server_that_turns_everybody_away_is_not_the_fault_of_the_address(string greeting)
    {
        await using var peer = SmtpPeer.Started();
        peer.Greeting = greeting;
        await using var desk = await MailDesk.WithServerAsync(peer);
        var id = await desk.PromiseAsync();

        await desk.Sender.DeliverDueAsync(Never);

        var row = await desk.RowAsync(id);
        Assert.Equal((null, 0), (row.FailedAt, row.Attempts));
    }

    [Fact]
    [Trait("Check", "S35")]
    public async Task A_server_that_never_answers_is_left_after_a_while()
    {
        await using var peer = SmtpPeer.Started();
        peer.IsSilent = true;
        await using var desk = await MailDesk.WithServerAsync(peer);
        var id = await desk.PromiseAsync();

        var attempt = desk.Sender.DeliverDueAsync(Never);
        await peer.SomebodyWaits;
        desk.Clock.Advance(TimeSpan.FromSeconds(45));
        await attempt;

        Assert.Equal("the mail server did not answer in time", (await desk.RowAsync(id)).LastError);
    }

    [Fact]
    [Trait("Check", "S35")]
    public async Task A_mail_that_is_turned_down_for_a_day_is_given_up()
    {
        await using var peer = SmtpPeer.Started();
        peer.OnRecipient = _ => "451 try again later";
        await using var desk = await MailDesk.WithServerAsync(peer);
        var id = await desk.PromiseAsync();

        for (var hour = 0; hour < 24; hour++)
        {
            await desk.Sender.DeliverDueAsync(Never);
            Assert.Null((await desk.RowAsync(id)).FailedAt);
            desk.Clock.Advance(TimeSpan.FromHours(1));
        }

        await desk.Sender.DeliverDueAsync(Never);
        Assert.NotNull((await desk.RowAsync(id)).FailedAt);
    }

    [Fact]
    [Trait("Check", "S35")]
    public async Task A_mail_that_is_no_longer_true_is_dropped()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        var id = await desk.PromiseAsync(validFor: TimeSpan.FromHours(1));

        desk.Clock.Advance(TimeSpan.FromHours(1));
        await desk.Sender.DeliverDueAsync(Never);

        Assert.Empty(peer.Received);
        Assert.Equal("expired before it could be delivered", (await desk.RowAsync(id)).LastError);
        Assert.Equal(AuditNames.MailFailed, Assert.Single(await desk.AuditAsync()).Name);
    }

    [Fact]
    public async Task Several_nodes_at_once_deliver_each_mail_once()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        foreach (var user in Enumerable.Range(1, 20))
        {
            await desk.PromiseAsync($"user{user}@example.com");
        }

        var nodes = Enumerable.Range(0, 4).Select(_ => desk.AnotherSender()).ToList();
        await Task.WhenAll(nodes.Select(node => Task.Run(() => node.DeliverDueAsync(Never))));

        Assert.Equal(20, peer.Received.Count);
        Assert.Equal(20, peer.Received.Select(m => m.MessageId).Distinct().Count());
        nodes.ForEach(node => node.Dispose());
    }

    [Fact]
    public async Task The_worker_delivers_when_the_bell_rings()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        peer.OnRecipient = _ => { taken.TrySetResult(); return null; };
        await desk.Sender.StartAsync(Never);

        await desk.AccountMails.SendAlreadyRegisteredAsync(new() { Email = "ada@example.com" });

        await taken.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await desk.Sender.StopAsync(Never);
    }
}
