using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

public sealed class SessionTests
{
    private readonly Session session = SessionLimitTests.SeenAt(0);

    private DateTimeOffset Start => session.StartedAt;

    [Fact]
    [Trait("Check", "S25")]
    public void Unused_it_ends_by_its_idle_timeout()
    {
        Assert.True(session.IsActive(Start.AddMinutes(29)));
        Assert.Equal(EndReason.IdleTimeout, session.Expired(Start.AddMinutes(30)));
    }

    [Fact]
    [Trait("Check", "S25")]
    public void Used_all_the_time_it_ends_by_its_absolute_lifetime()
    {
        for (var at = Start; at < Start.AddHours(12); at = at.AddMinutes(10))
        {
            session.Touch(at);
        }

        Assert.Equal(EndReason.LifetimeReached, session.Expired(Start.AddHours(12)));
    }

    [Fact]
    [Trait("Check", "S45")]
    public void Once_ended_it_is_not_touched_and_the_first_reason_stands()
    {
        Assert.True(session.End(EndReason.Evicted, Actor.Portal, Start.AddMinutes(1)));
        Assert.False(session.End(EndReason.SignedOut, Actor.Portal, Start.AddMinutes(2)));
        session.Touch(Start.AddMinutes(3));
        Assert.Equal((EndReason.Evicted, Start), (session.EndReason!.Value, session.LastSeenAt));
    }

    [Fact]
    public void A_clock_that_goes_back_takes_nothing_back()
    {
        session.Touch(Start.AddMinutes(5));
        session.Touch(Start.AddMinutes(2));
        Assert.Equal(Start.AddMinutes(5), session.LastSeenAt);
    }

    [Fact]
    public void A_shorter_lifetime_holds_for_a_living_session()
    {
        session.Apply(new(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(20)));
        Assert.Equal(EndReason.IdleTimeout, session.Expired(Start.AddMinutes(5)));
        Assert.Equal(Start.AddMinutes(20), session.ExpiresAt);
    }
}
