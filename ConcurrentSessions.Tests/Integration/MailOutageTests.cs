using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Mail;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Two hours without a mail server: whatever it does, nothing is lost, nothing comes twice, and nobody waits for it.</summary>
[Trait("Check", "S35")]
public sealed class MailOutageTests
{
    private static readonly CancellationToken Never = CancellationToken.None;

    private static readonly TimeSpan HalfHour = TimeSpan.FromMinutes(30);

    [Fact]
    public async Task After_two_hours_of_refusing_hanging_and_failing_each_mail_comes_once_and_an_expired_one_never()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        var reset = await desk.PromiseAsync("reset@example.com", validFor: TimeSpan.FromHours(1));

        await peer.HangUpAsync();
        await WorkAsync(desk, "refused", HalfHour);
        peer.Start();
        peer.IsSilent = true;
        await HangAsync(desk, peer);
        peer.IsSilent = false;
        peer.Greeting = "554 out of order";
        await WorkAsync(desk, "failed", HalfHour);
        peer.Greeting = "220 peer ready";
        peer.OnRecipient = to => to.StartsWith("nobody", StringComparison.Ordinal) ? "550 no such mailbox" : "451 greylisted";
        var bad = await desk.PromiseAsync("nobody@example.com");
        await WorkAsync(desk, "greylisted", HalfHour);
        desk.Clock.Advance(HalfHour);
        Assert.Empty(peer.Received);

        peer.OnRecipient = _ => null;
        desk.Clock.Advance(TimeSpan.FromHours(1)); // the longest pause of a mail that was turned down
        await desk.Sender.DeliverDueAsync(Never);
        await desk.Sender.DeliverDueAsync(Never);
        Assert.Equal(100, peer.Received.Count);
        Assert.Equal(100, peer.Received.Select(m => m.MessageId).Distinct().Count());
        Assert.Equal("expired before it could be delivered", (await desk.RowAsync(reset)).LastError);
        Assert.Equal("550 no such mailbox", (await desk.RowAsync(bad)).LastError);
    }

    [Fact]
    public async Task A_sign_in_does_not_wait_for_a_server_that_hangs()
    {
        await using var peer = SmtpPeer.Started();
        peer.IsSilent = true;
        await using var portal = new PortalFactory()
            .With("Email:Host", "127.0.0.1").With("Email:Port", $"{peer.Port}").With("Email:Security", "None");
        await portal.AddUserAsync("ada@portal.example");
        await portal.LimitAsync(Roles.User, null);
        using var first = portal.NewVisitor();
        using var second = portal.NewVisitor();
        using var third = portal.NewVisitor();
        await first.SignInAsync("ada@portal.example");
        await second.SignInAsync("ada@portal.example");
        await portal.UntilAsync(() => Task.FromResult(peer.SomebodyWaits.IsCompleted));

        await third.SignInAsync("ada@portal.example"); // while the worker waits for a word of the server
        Assert.True(await third.IsSignedInAsync());
        Assert.Equal(2, await portal.InDatabaseAsync(db => db.Outbox.CountAsync(m => m.SentAt == null)));
        portal.Clock.Advance(TimeSpan.FromMinutes(1));
    }

    private static async Task WorkAsync(MailDesk desk, string name, TimeSpan time)
    {
        for (var minute = 0; minute < time.TotalMinutes; minute++)
        {
            await desk.PromiseAsync($"{name}{minute}@example.com");
            Assert.Equal(0, await desk.Sender.DeliverDueAsync(Never));
            desk.Clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    private static async Task HangAsync(MailDesk desk, SmtpPeer peer)
    {
        for (var n = 0; n < 10; n++)
        {
            await desk.PromiseAsync($"hung{n}@example.com");
        }

        var attempt = desk.Sender.DeliverDueAsync(Never);
        await peer.SomebodyWaits;
        desk.Clock.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(0, await attempt);
        desk.Clock.Advance(HalfHour);
    }
}
