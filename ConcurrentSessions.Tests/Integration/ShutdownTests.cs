using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class ShutdownTests
{
    [Fact]
    public async Task What_people_did_last_is_written_down_when_the_portal_stops()
    {
        await using var portal = new PortalFactory();
        await portal.AddUserAsync("ada@portal.example");
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync("ada@portal.example");
        portal.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await laptop.IsSignedInAsync());
        var seen = portal.Clock.GetUtcNow();

        var lifetime = portal.Services.GetRequiredService<IHostApplicationLifetime>();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStopped.Register(stopped.SetResult);
        lifetime.StopApplication();
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var settings = new ConfigurationBuilder().AddInMemoryCollection(
            [new("Database:Provider", portal.Database.Provider), new("ConnectionStrings:Portal", portal.Database.ConnectionString)]).Build();
        await using var afterwards = new ServiceCollection().AddLogging().AddPortalDatabase(settings).BuildServiceProvider();
        await using var db = await afterwards.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        Assert.Equal(seen, (await db.Sessions.SingleAsync()).LastSeenAt);
    }

    [Fact]
    public async Task A_mail_half_sent_is_finished_and_no_other_begun()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        using var handOver = new ManualResetEventSlim();
        var halfWay = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        peer.OnRecipient = _ =>
        {
            halfWay.TrySetResult();
            handOver.Wait();
            return null;
        };
        await desk.PromiseAsync();
        await desk.PromiseAsync();
        await desk.Sender.StartAsync(default);
        await halfWay.Task.WaitAsync(TimeSpan.FromSeconds(30));

        var stop = desk.Sender.StopAsync(default);
        Assert.False(stop.IsCompleted);
        handOver.Set();
        await stop.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Single(peer.Received);
        Assert.Single(await desk.RowsAsync(), m => m.SentAt is not null);
        Assert.Single(await desk.RowsAsync(), m => m is { SentAt: null, LeaseUntil: null, FailedAt: null });
    }

    [Fact]
    public async Task Stopping_never_takes_longer_than_half_a_minute()
    {
        await using var portal = new PortalFactory();
        Assert.Equal(TimeSpan.FromSeconds(30), portal.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }
}
