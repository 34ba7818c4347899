using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Signals;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What nobody needs any more does not pile up.</summary>
public sealed class PurgeTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();

    public async ValueTask InitializeAsync() => await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Changes_that_every_node_has_heard_go_after_a_day()
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync("ada@portal.example");
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow() + TimeSpan.FromHours(23));
        await PurgeAsync();
        Assert.True(await portal.InDatabaseAsync(db => db.Changes.AnyAsync()));
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow() + TimeSpan.FromHours(2));
        await PurgeAsync();
        Assert.False(await portal.InDatabaseAsync(db => db.Changes.AnyAsync()));
    }

    [Fact]
    public async Task A_mail_that_was_sent_goes_after_thirty_days_and_one_that_waits_stays()
    {
        using var laptop = portal.NewVisitor();
        using var phone = portal.NewVisitor("198.51.100.9");
        await laptop.SignInAsync("ada@portal.example");
        await phone.SignInAsync("ada@portal.example");
        Assert.NotEmpty(await portal.MailsAsync());
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow() + TimeSpan.FromDays(29));
        await PurgeAsync();
        Assert.True(await portal.InDatabaseAsync(db => db.Outbox.AnyAsync()));
        await portal.InDatabaseAsync(db => db.Outbox.ExecuteUpdateAsync(set => set.SetProperty(m => m.SentAt, (DateTimeOffset?)null)));
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow() + TimeSpan.FromDays(2));
        await PurgeAsync();
        Assert.True(await portal.InDatabaseAsync(db => db.Outbox.AnyAsync()));
        await portal.InDatabaseAsync(db => db.Outbox.ExecuteUpdateAsync(set => set.SetProperty(m => m.SentAt, portal.Clock.GetUtcNow())));
        await PurgeAsync();
        Assert.False(await portal.InDatabaseAsync(db => db.Outbox.AnyAsync()));
    }

    private async Task PurgeAsync()
    {
        foreach (var purge in portal.Services.GetServices<IPurge>())
        {
            while (await portal.InDatabaseAsync(db => purge.PurgeSomeAsync(db, default)) > 0)
            {
                await Task.Yield();
            }
        }
    }
}
