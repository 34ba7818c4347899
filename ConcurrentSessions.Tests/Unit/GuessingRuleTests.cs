using System.Net;
using ConcurrentSessions.Web.SignIn.Guessing;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

[Trait("Check", "S15")]
public sealed class GuessingRuleTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly GuessingRule Rule = GuessingSettings.PerNetwork;

    [Fact]
    public void Five_attempts_are_free_then_the_wait_doubles_from_thirty_seconds_to_fifteen_minutes() =>
        Assert.Equal(
            [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900],
            Enumerable.Range(1, 11).Select(attempts => (int)Rule.WaitAfter(attempts).TotalSeconds));

    [Fact]
    public void Whoever_tries_whenever_they_may_gets_at_most_ten_attempts_in_any_fifteen_minutes()
    {
        var counter = Counter();
        List<DateTimeOffset> attempts = [];
        for (var now = Start; now < Start.AddHours(6); now = now.AddSeconds(1))
        {
            while (counter.WaitAt(now, Rule) == TimeSpan.Zero)
            {
                counter.Reserve(now, Rule);
                attempts.Add(now);
            }
        }

        Assert.Equal(9, attempts.Max(first => attempts.Count(a => a >= first && a < first.AddMinutes(15))));
    }

    [Fact]
    public void An_hour_after_the_last_wait_everything_is_forgotten()
    {
        var counter = Failed(5);
        counter.Reserve(Start.AddSeconds(30).AddHours(1), Rule);
        Assert.Equal(1, counter.Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-60)]
    [InlineData(-60 * 24 * 365)]
    public void A_clock_that_goes_back_neither_frees_nor_locks_for_longer_than_the_wait(int minutes)
    {
        var counter = Failed(12);
        var now = Start.AddMinutes(minutes);
        Assert.True(counter.IsOfALaterClock(now, Rule));
        Assert.Equal(TimeSpan.FromMinutes(15), counter.WaitAt(now, Rule));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.254")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.9")]
    [InlineData("192.0.2.1", "::ffff:c000:209")]
    [InlineData("2001:db8:1:2::1", "2001:0db8:0001:0002:ffff:ffff:ffff:ffff")]
    [InlineData("fe80::1%2", "fe80::1%3")]
    public void Addresses_of_one_network_however_they_are_written_are_one_key(string one, string other) =>
        Assert.Equal(From(one).NetworkKey, From(other).NetworkKey);

    [Theory]
    [InlineData("192.0.2.1", "192.0.3.1")]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1")]
    [InlineData("192.0.2.1", "::192.0.2.1")]
    public void Other_networks_are_other_keys(string one, string other) => Assert.NotEqual(From(one).NetworkKey, From(other).NetworkKey);

    private static Guess From(string address) => new(GuessedSecret.Password, "ADA", null, IPAddress.Parse(address), null);

    private static SignInFailures Counter() => new() { Key = "key", NextAt = Start };

    private static SignInFailures Failed(int times)
    {
        var counter = Counter();
        for (var i = 0; i < times; i++)
        {
            counter.Reserve(Start, Rule);
        }

        return counter;
    }
}
