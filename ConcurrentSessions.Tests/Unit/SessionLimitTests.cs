using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

[Trait("Check", "S29")]
public sealed class SessionLimitTests
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1001)]
    [InlineData(1_000_000_000)]
    public void A_limit_is_a_number_from_1_to_1000(int seats) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => SessionLimit.Of(seats, WhenFull.Ask));

    [Fact]
    public void A_newcomer_takes_a_free_seat()
    {
        var decision = SessionLimit.Of(2, WhenFull.Refuse).SeatFor([SeenAt(0)]);
        Assert.Empty(Assert.IsType<SeatDecision.Seated>(decision).Evicted);
    }

    [Fact]
    public void The_least_recently_used_goes_and_never_the_newest()
    {
        var (old, middle, latest) = (SeenAt(1), SeenAt(5), SeenAt(9));
        var decision = SessionLimit.Of(3, WhenFull.EvictLeastRecent).SeatFor([latest, old, middle]);
        Assert.Equal([old], Assert.IsType<SeatDecision.Seated>(decision).Evicted);
    }

    [Fact]
    public void A_user_far_over_the_limit_comes_down_to_it_in_one_sign_in()
    {
        var sessions = Enumerable.Range(0, 12).Select(SeenAt).ToList();
        var decision = SessionLimit.Of(3, WhenFull.EvictLeastRecent).SeatFor(sessions);
        Assert.Equal(sessions.Take(10), Assert.IsType<SeatDecision.Seated>(decision).Evicted);
    }

    [Fact]
    public void Asking_says_how_many_must_end() =>
        Assert.Equal(4, Assert.IsType<SeatDecision.MustChoose>(
            SessionLimit.Of(2, WhenFull.Ask).SeatFor([.. Enumerable.Range(0, 5).Select(SeenAt)])).MustEnd);

    [Fact]
    public void Refusing_turns_the_newcomer_away() =>
        Assert.IsType<SeatDecision.TurnedAway>(SessionLimit.Of(1, WhenFull.Refuse).SeatFor([SeenAt(0)]));

    [Fact]
    public void Unlimited_is_never_full() =>
        Assert.IsType<SeatDecision.Seated>(SessionLimit.Unlimited(WhenFull.Refuse).SeatFor([.. Enumerable.Range(0, 2000).Select(SeenAt)]));

    [Fact]
    public void Equal_times_are_told_apart_by_age()
    {
        var (first, second) = (SeenAt(0), SeenAt(0));
        var older = first.Id.Value.CompareTo(second.Id.Value) < 0 ? first : second;
        var decision = SessionLimit.Of(2, WhenFull.EvictLeastRecent).SeatFor([second, first]);
        Assert.Equal([older], Assert.IsType<SeatDecision.Seated>(decision).Evicted);
    }

    [Fact]
    public void What_its_owner_keeps_stays_while_another_can_go()
    {
        var (kept, used, latest) = (SeenAt(0), SeenAt(5), SeenAt(9));
        kept.IsKept = true;
        var limit = SessionLimit.Of(3, WhenFull.EvictLeastRecent);
        Assert.Equal([used], Assert.IsType<SeatDecision.Seated>(limit.SeatFor([kept, used, latest])).Evicted);
        Assert.Equal([used, latest], SessionLimit.Of(1, WhenFull.Ask).Excess([kept, used, latest]));
    }

    [Fact]
    public void Where_only_the_kept_one_is_left_it_makes_room_too()
    {
        var kept = SeenAt(0);
        kept.IsKept = true;
        Assert.Equal([kept], Assert.IsType<SeatDecision.Seated>(SessionLimit.Of(1, WhenFull.EvictLeastRecent).SeatFor([kept])).Evicted);
    }

    [Theory]
    [InlineData(15, true, null, null, 15)] // told now
    [InlineData(15, false, null, null, null)] // nobody is there to be told
    [InlineData(0, true, null, null, null)]
    [InlineData(15, true, 5, null, 5)] // told before, for somebody else who waits
    [InlineData(15, true, -1, null, null)] // had their time
    [InlineData(15, true, 15, 10, 10)] // goes on too early
    [InlineData(15, true, null, -1, null)] // waited already: not twice
    public void Whoever_uses_a_page_is_given_time_and_the_newcomer_waits_once(int notice, bool inUse, int? leaves, int? waited, int? expected)
    {
        var leaving = SeenAt(0);
        leaving.UsePage(inUse ? Morning : null);
        leaving.LeavesAt = Morning + Seconds(leaves);
        Assert.Equal(Morning + Seconds(expected), EvictionNotice.Until(TimeSpan.FromSeconds(notice), [leaving], Morning + Seconds(waited), Morning));
    }

    private static TimeSpan? Seconds(int? number) => number is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    internal static Session SeenAt(int minutes)
    {
        var at = Morning.AddMinutes(minutes);
        var client = new ClientDescription("203.0.113.7", "", new("Firefox", "Linux", DeviceType.Desktop), Place.Unknown);
        var request = new SignInRequest("ada", 0, AuthenticationMethod.Password, client, false, null, null, []);
        var lifetime = new SessionLifetime(TimeSpan.FromMinutes(30), TimeSpan.FromHours(12));
        return Session.Start(SessionId.New(at), at, lifetime, request, SessionKey.New(), Device.New("ada", SessionKey.New(), at), "stamp");
    }
}
