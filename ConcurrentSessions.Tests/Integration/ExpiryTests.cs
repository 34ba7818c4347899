using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

[Trait("Check", "S25")]
public sealed class ExpiryTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";

    private readonly PortalFactory portal = new PortalFactory()
        .With("Sessions:IdleTimeout", "00:01:00").With("Sessions:AbsoluteLifetime", "00:03:00");

    public async ValueTask InitializeAsync() => await portal.AddUserAsync(Ada);

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Unused_for_61_seconds_of_60_it_is_over_and_the_sweep_writes_down_why()
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(Ada);
        portal.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True(await laptop.IsSignedInAsync());
        portal.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.False(await laptop.IsSignedInAsync());
        portal.Clock.Advance(TimeSpan.FromSeconds(45)); // another node may have seen it since
        await portal.Services.GetRequiredService<SessionHousekeeping>().EndExpiredAsync(default);
        Assert.Equal(nameof(EndReason.IdleTimeout), Assert.Single(await portal.AuditAsync(AuditNames.SessionExpired)).Reason);
    }

    [Fact]
    public async Task Used_all_the_time_it_is_over_after_181_seconds_of_180()
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(Ada, remember: false);
        for (var i = 0; i < 6; i++)
        {
            Assert.True(await laptop.IsSignedInAsync());
            portal.Clock.Advance(TimeSpan.FromSeconds(i == 5 ? 31 : 30));
        }

        Assert.False(await laptop.IsSignedInAsync());
    }

    [Fact]
    public async Task Remembered_sessions_live_by_their_own_times_until_the_role_forbids_it()
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(Ada, remember: true);
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow().AddDays(13)); // without ringing every timer on the way
        Assert.True(await laptop.IsSignedInAsync());
        var rules = new SessionSettings().Rules() with { MayRemember = false };
        await portal.Services.GetRequiredService<RoleLimits>().ChangeAsync(Roles.User, rules, enforceNow: false, Actor.Operator, default);
        Assert.False(await laptop.IsSignedInAsync());
    }

    [Fact]
    public async Task A_clock_that_goes_back_a_day_revives_nothing()
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(Ada);
        await laptop.SignOutAsync();
        var ended = await portal.InDatabaseAsync(db => db.Sessions.SingleAsync());
        Assert.NotNull(ended.EndedAt);
        ended.Touch(ended.StartedAt.AddHours(1));
        Assert.False(ended.IsActive(ended.StartedAt.AddDays(-1)));
    }

    [Fact]
    [Trait("Check", "S50")]
    public async Task Ended_sessions_are_purged_after_the_retention_and_their_audit_events_stay()
    {
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(Ada);
        await laptop.SignOutAsync();
        var housekeeping = portal.Services.GetRequiredService<SessionHousekeeping>();
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow().AddDays(89));
        await housekeeping.PurgeAsync(default);
        Assert.Equal(1, await portal.InDatabaseAsync(db => db.Sessions.CountAsync()));
        portal.Clock.AdjustTime(portal.Clock.GetUtcNow().AddDays(2));
        await housekeeping.PurgeAsync(default);
        Assert.Equal(0, await portal.InDatabaseAsync(db => db.Sessions.CountAsync()));
        Assert.Single(await portal.AuditAsync(AuditNames.SessionCreated));
        Assert.Single(await portal.AuditAsync(AuditNames.SessionEnded));
    }

    [Fact]
    [Trait("Check", "S25")]
    public async Task Last_seen_is_written_at_most_once_a_minute()
    {
        await using var patient = new PortalFactory();
        await patient.AddUserAsync(Ada);
        using var laptop = patient.NewVisitor();
        await laptop.SignInAsync(Ada);
        var written = await patient.InDatabaseAsync(db => db.Sessions.Select(s => s.LastSeenAt).SingleAsync());
        patient.Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(await laptop.IsSignedInAsync());
        Assert.Equal(written, await patient.InDatabaseAsync(db => db.Sessions.Select(s => s.LastSeenAt).SingleAsync()));
        await patient.Services.GetRequiredService<SessionActivityWriter>().WriteAsync(default);
        Assert.Equal(written.AddSeconds(5), await patient.InDatabaseAsync(db => db.Sessions.Select(s => s.LastSeenAt).SingleAsync()));
    }
}
