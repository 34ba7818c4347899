using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class SignOutRaceTests : IAsyncDisposable
{
    private readonly PortalFactory portal = new();

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    [Trait("Check", "S45")]
    public async Task A_hundred_requests_under_way_while_the_user_signs_out_leave_no_session_and_no_later_use()
    {
        await portal.AddUserAsync("ada@portal.example");
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync("ada@portal.example");
        var requests = Enumerable.Range(0, 100).Select(_ => laptop.IsSignedInAsync()).ToList();
        await laptop.SignOutAsync();
        await Task.WhenAll(requests);
        await portal.Services.GetRequiredService<SessionActivityWriter>().WriteAsync(TestContext.Current.CancellationToken);

        Assert.False(await laptop.IsSignedInAsync());
        var row = await portal.InDatabaseAsync(db => db.Sessions.AsNoTracking().SingleAsync());
        Assert.Equal((EndReason.SignedOut, true), (row.EndReason, row.LastSeenAt <= row.EndedAt));
        Assert.Single(await portal.AuditAsync(AuditNames.SessionEnded));
    }
}
