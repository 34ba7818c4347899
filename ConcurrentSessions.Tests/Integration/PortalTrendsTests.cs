using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What the overview draws.</summary>
public sealed class PortalTrendsTests : IAsyncLifetime
{
    private TestDatabase portal = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => portal = await TestDatabase.NewAsync();

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    [Trait("Check", "S26")]
    public async Task Each_hour_of_the_last_day_counts_its_own_sign_ins_and_no_older_one()
    {
        var now = portal.Clock.GetUtcNow(); // 9:00 sharp
        await NoteAsync(AuditNames.SignInSucceeded, now, now.AddHours(-1), now.AddSeconds(-1), now.AddHours(-23), now.AddHours(-24));
        await NoteAsync(AuditNames.SignInFailed, now.AddHours(-1));
        await NoteAsync(AuditNames.SecondFactorFailed, now.AddHours(-1));

        var hours = (await portal.Get<PortalTrends>().ReadAsync(Ct)).SignIns;

        Assert.Equal(24, hours.Count);
        Assert.Equal(new HourOfSignIns(now, 1, 0), hours[^1]);
        Assert.Equal(new HourOfSignIns(now.AddHours(-1), 2, 2), hours[^2]);
        Assert.Equal(new HourOfSignIns(now.AddHours(-23), 1, 0), hours[0]);
        Assert.Equal(4, hours.Sum(h => h.Succeeded));
    }

    [Fact]
    public async Task The_busiest_come_first_and_what_has_ended_does_not_count()
    {
        var (ada, bob) = (await portal.AddUserAsync("ada"), await portal.AddUserAsync("bob"));
        await portal.SignInAsync(ada);
        await portal.SignInAsync(bob);
        await portal.SignInAsync(bob);
        Assert.Equal(["bob@test.example", "ada@test.example"], (await portal.Get<PortalTrends>().ReadAsync(Ct)).Busiest.Select(b => b.Email));

        await portal.Get<SessionEnder>().EndAllAsync(bob, EndReason.Revoked, Actor.Operator, Ct);

        Assert.Equal([new BusyUser(ada, "ada@test.example", 1)], (await portal.Get<PortalTrends>().ReadAsync(Ct)).Busiest);
    }

    private Task<int> NoteAsync(string name, params DateTimeOffset[] times) => portal.InAsync(db =>
    {
        db.AuditEvents.AddRange(times.Select(t => AuditEvent.Of(name, Actor.Portal, t)));
        return db.SaveChangesAsync();
    });
}
