using ConcurrentSessions.Web.Sessions;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

[Trait("Check", "S10")]
public sealed class SessionKeyTests
{
    [Fact]
    public void A_key_comes_back_from_its_cookie()
    {
        var key = SessionKey.New();
        Assert.Equal(key.Hash(), SessionKey.FromCookie(key.ToCookie())!.Hash());
    }

    [Fact]
    public void A_key_does_not_print() => Assert.Equal("(session key)", $"{SessionKey.New()}");

    [Fact]
    public void Ten_thousand_keys_are_ten_thousand_keys() =>
        Assert.Equal(10_000, Enumerable.Range(0, 10_000).Select(_ => SessionKey.New().ToCookie()).Distinct().Count());

    [Fact]
    public void One_browser_of_two_users_cannot_be_linked()
    {
        var key = SessionKey.New();
        Assert.NotEqual(key.HashFor("ada"), key.HashFor("grace"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("AAAA AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Anything_else_is_no_key(string? cookie)
    {
        Assert.Null(SessionKey.FromCookie(cookie));
        Assert.Null(KeyHash.FromCookie(cookie));
    }
}
