using ConcurrentSessions.Web.Components.My;
using Xunit;

namespace ConcurrentSessions.Tests.Components;

public sealed class ExpiryWarningTests
{
    [Fact]
    public void A_long_idle_timeout_warns_two_minutes_before() =>
        Assert.Equal(Portraits.Noon.AddMinutes(23), ExpiryWarning.StartsAt(Portraits.Session()));

    [Fact]
    public void A_short_idle_timeout_warns_in_its_last_quarter()
    {
        var session = Portraits.Session() with { LastSeenAt = Portraits.Noon, ExpiresAt = Portraits.Noon.AddMinutes(1) };
        Assert.Equal(Portraits.Noon.AddSeconds(45), ExpiryWarning.StartsAt(session));
    }

    [Fact]
    public void Nothing_can_be_done_about_the_absolute_lifetime()
    {
        var session = Portraits.Session() with { ExpiresAt = Portraits.Noon.AddHours(1), LatestEnd = Portraits.Noon.AddHours(1) };
        Assert.False(ExpiryWarning.CanStay(session));
        Assert.True(ExpiryWarning.CanStay(Portraits.Session()));
    }
}
