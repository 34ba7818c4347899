using ConcurrentSessions.Web.Components.Shared;
using Xunit;

namespace ConcurrentSessions.Tests.Components;

public sealed class RelativeTimeTests
{
    [Theory]
    [InlineData(0, "now")]
    [InlineData(-59, "now")]
    [InlineData(-60, "1 minute ago")]
    [InlineData(-3590, "1 hour ago")]
    [InlineData(-86400, "1 day ago")]
    [InlineData(90, "in 2 minutes")]
    [InlineData(43190, "in 12 hours")]
    public void A_time_is_said_as_people_say_it(int seconds, string words) =>
        Assert.Equal(words, RelativeTime.Of(Portraits.Noon.AddSeconds(seconds), Portraits.Noon));

    [Fact]
    public void An_exact_time_is_utc_whatever_zone_it_came_in() =>
        Assert.Equal("14 Mar 2026, 12:00 UTC", RelativeTime.Exact(Portraits.Noon.ToOffset(TimeSpan.FromHours(9))));
}
