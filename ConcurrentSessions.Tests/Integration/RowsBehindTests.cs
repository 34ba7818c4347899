using System.Data.Common;
using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Rows changed behind the portal's back, by hand.</summary>
public sealed class RowsBehindTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private Visitor laptop = null!;

    public async ValueTask InitializeAsync()
    {
        await portal.AddUserAsync("ada@portal.example");
        laptop = portal.NewVisitor();
        await laptop.SignInAsync("ada@portal.example");
        Assert.True(await laptop.IsSignedInAsync());
    }

    public async ValueTask DisposeAsync()
    {
        laptop.Dispose();
        await portal.DisposeAsync();
    }

    [Theory]
    [Trait("Check", "S47")]
    [InlineData("UPDATE \"Sessions\" SET \"EndedAt\" = NULL")]
    [InlineData("UPDATE \"Sessions\" SET \"EndedAt\" = NULL, \"EndReason\" = NULL, \"EndedBy\" = NULL, \"EndedFrom\" = NULL")]
    public async Task A_session_that_has_ended_cannot_be_opened_again_even_by_hand(string revival)
    {
        await laptop.SignOutAsync();
        var refused = await Assert.ThrowsAnyAsync<DbException>(() => ByHandAsync(revival));
        Assert.Contains("an ended session stays ended", refused.Message, StringComparison.Ordinal);
        Assert.False(await laptop.IsSignedInAsync());
        Assert.Empty(await portal.ActiveSessionsAsync("ada@portal.example"));
    }

    [Fact]
    [Trait("Check", "S47")]
    public async Task A_session_whose_row_is_deleted_by_hand_is_signed_out()
    {
        await ByHandAsync("DELETE FROM \"Sessions\"");
        Assert.False(await laptop.IsSignedInAsync());
        using var api = await laptop.GetAsync("/api/session");
        Assert.Equal(HttpStatusCode.Unauthorized, api.StatusCode);
        await laptop.SignInAsync("ada@portal.example");
        Assert.True(await laptop.IsSignedInAsync());
    }

    [Fact]
    [Trait("Check", "S45")]
    public async Task Requests_under_way_while_the_user_signs_out_leave_no_session_and_no_later_use()
    {
        var requests = Enumerable.Range(0, 100).Select(_ => laptop.IsSignedInAsync()).ToList();
        await laptop.SignOutAsync();
        await Task.WhenAll(requests);
        portal.Clock.Advance(SessionActivity.WriteInterval + SessionActivity.WriteInterval);
        Assert.False(await laptop.IsSignedInAsync());
        var row = await portal.InDatabaseAsync(db => db.Sessions.AsNoTracking().SingleAsync());
        Assert.Equal((EndReason.SignedOut, true), (row.EndReason, row.LastSeenAt <= row.EndedAt));
        Assert.Single(await portal.AuditAsync(AuditNames.SessionEnded));
    }

    private Task<int> ByHandAsync(string sql) => portal.InDatabaseAsync(db => db.Database.ExecuteSqlRawAsync(sql));
}
