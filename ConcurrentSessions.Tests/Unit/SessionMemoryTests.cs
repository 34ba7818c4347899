using System.Security.Claims;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

public sealed class SessionMemoryTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly NodeKnowledge knowledge;
    private readonly SessionMemory memory;

    public SessionMemoryTests()
    {
        knowledge = new(clock);
        memory = new(knowledge, Options.Create(new SessionSettings { CacheMegabytes = 1 }), clock);
    }

    [Fact]
    public void What_was_read_before_a_change_was_heard_is_not_believed_even_when_it_arrives_after()
    {
        var reading = memory.StartReading();
        knowledge.Heard("ada");
        var (key, session) = Session("ada");
        memory.Remember(key, session, reading);
        Assert.Null(memory.Find(key));
    }

    [Fact]
    public void A_change_of_one_user_says_nothing_about_another()
    {
        var (key, session) = Session("ada");
        memory.Remember(key, session, memory.StartReading());
        knowledge.Heard("bob");
        Assert.Same(session, memory.Find(key));
        knowledge.Heard(null);
        Assert.Null(memory.Find(key));
    }

    [Fact]
    public void A_node_that_hears_nothing_believes_for_under_five_seconds()
    {
        var (key, session) = Session("ada");
        memory.Remember(key, session, memory.StartReading());
        clock.Advance(TimeSpan.FromSeconds(3.9));
        Assert.Same(session, memory.Find(key));
        clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Null(memory.Find(key));
        knowledge.HeardEverythingUntil(clock.GetTimestamp());
        Assert.Same(session, memory.Find(key));
    }

    [Fact]
    public void A_session_that_is_over_by_time_is_forgotten()
    {
        var (key, session) = Session("ada");
        memory.Remember(key, session, memory.StartReading());
        clock.Advance(TimeSpan.FromMinutes(30));
        knowledge.HeardEverythingUntil(clock.GetTimestamp());
        Assert.Null(memory.Find(key));
        Assert.Equal(0, memory.Count);
    }

    [Fact]
    public void Memory_is_bounded_and_the_least_recently_used_go_first()
    {
        var sessions = Enumerable.Range(0, 2000).Select(i => Session($"user {i}")).ToList();
        foreach (var (key, session) in sessions)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            session.LastSeen.Raise(clock.GetUtcNow());
            memory.Remember(key, session, memory.StartReading());
        }

        Assert.InRange(memory.Count, 400, 800);
        Assert.Null(memory.Find(sessions[0].Key));
        Assert.NotNull(memory.Find(sessions[^1].Key));
    }

    private (KeyHash Key, SignedIn Session) Session(string user)
    {
        var now = clock.GetUtcNow();
        var id = SessionId.New(now);
        var seen = new LastSeen(id);
        seen.Raise(now);
        var principal = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user), new(ClaimTypes.Role, "User")], "test"));
        return (KeyHash.Of(SessionKey.New().Hash()), new(id, user, now, TimeSpan.FromMinutes(30), now.AddHours(12), seen, principal));
    }
}
