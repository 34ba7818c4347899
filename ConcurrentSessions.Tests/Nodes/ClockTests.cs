using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Nodes;

/// <summary>Two nodes whose clocks are apart, and a clock that jumps.</summary>
[Trait("Check", "S52")]
public sealed class ClockTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";

    private readonly ThrowAwayDatabase database = ThrowAwayDatabase.New("Postgres");
    private readonly PortalFactory right;
    private readonly PortalFactory odd;

    public ClockTests()
    {
        right = PortalFactory.On(database);
        odd = right.AnotherNode(withItsOwnClock: true);
    }

    public async ValueTask InitializeAsync() => await right.AddUserAsync(Ada);

    public async ValueTask DisposeAsync()
    {
        await odd.DisposeAsync();
        await right.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task Nodes_thirty_seconds_apart_agree_on_who_is_signed_in()
    {
        Jump(TimeSpan.FromSeconds(-30));
        using var here = right.NewVisitor();
        using var there = here.At(odd);
        await here.SignInAsync(Ada);
        Assert.True(await there.IsSignedInAsync());
        await there.SignOutAsync();
        await right.UntilAsync(async () => !await here.IsSignedInAsync());
        using var late = odd.NewVisitor();
        using var seenFromHere = late.At(right);
        await late.SignInAsync(Ada);
        Assert.True(await seenFromHere.IsSignedInAsync());
        await right.AssertInvariantsAsync();
    }

    [Theory]
    [InlineData(+2)]
    [InlineData(-2)]
    [InlineData(-24)]
    public async Task A_clock_that_jumps_revives_nothing_and_makes_nothing_immortal(int hours)
    {
        using var revoked = odd.NewVisitor();
        using var living = odd.NewVisitor();
        using var livingElsewhere = living.At(right);
        await revoked.SignInAsync(Ada);
        await revoked.SignOutAsync();
        await living.SignInAsync(Ada);
        Jump(TimeSpan.FromHours(hours));
        Assert.False(await revoked.IsSignedInAsync());
        await living.IsSignedInAsync();
        await odd.Services.GetRequiredService<SessionActivityWriter>().WriteAsync(default);
        Jump(TimeSpan.FromHours(-hours));
        Assert.False(await revoked.IsSignedInAsync());

        var session = await right.InDatabaseAsync(db => db.Sessions.AsNoTracking().SingleAsync(s => s.EndReason == null || s.EndReason != EndReason.SignedOut));
        Assert.Equal(TimeSpan.FromHours(12), session.ExpiresAt - session.StartedAt);
        Assert.True(session.IdleExpiresAt <= session.ExpiresAt);
        right.Clock.AdjustTime(session.ExpiresAt);
        Assert.False(await livingElsewhere.IsSignedInAsync());
        await right.Services.GetRequiredService<SessionHousekeeping>().EndExpiredAsync(default);
        await right.AssertInvariantsAsync();
    }

    [Fact]
    public async Task A_node_that_dies_with_its_clock_ahead_leaves_the_maintenance_to_the_others()
    {
        Jump(TimeSpan.FromDays(1));
        Assert.True(await odd.Services.GetRequiredService<Leases>().HoldAsync("what only one does", TimeSpan.FromMinutes(1), default));
        Assert.True(await right.Services.GetRequiredService<Leases>().HoldAsync("what only one does", TimeSpan.FromMinutes(1), default));
    }

    [Fact]
    [Trait("Check", "S13")]
    public async Task A_code_of_the_authenticator_is_not_taken_twice_also_when_the_clock_went_back()
    {
        var (key, _) = await right.EnrolAsync(await right.UserAsync(Ada));
        using var first = odd.NewVisitor();
        await first.SignInAsync(Ada);
        var code = odd.CodeOf(key);
        await first.EnterCodeAsync(code);
        Assert.True(await first.IsSignedInAsync());
        Jump(TimeSpan.FromHours(-2));
        using var second = odd.NewVisitor();
        await second.SignInAsync(Ada);
        await second.EnterCodeAsync(odd.CodeOf(key));
        Assert.False(await second.IsSignedInAsync());
        using var elsewhere = right.NewVisitor();
        await elsewhere.SignInAsync(Ada);
        await elsewhere.EnterCodeAsync(code);
        Assert.False(await elsewhere.IsSignedInAsync());
    }

    // Without ringing the timers on the way: it did not pass, the clock says it did.
    private void Jump(TimeSpan time) => odd.Clock.AdjustTime(odd.Clock.GetUtcNow() + time);
}
