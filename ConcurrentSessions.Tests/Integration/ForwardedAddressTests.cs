using System.Net;
using ConcurrentSessions.Tests.Support;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Only a known proxy says where somebody comes from, and what it says is an address or nothing.</summary>
[Trait("Check", "M17")]
[Trait("Check", "S19")]
public sealed class ForwardedAddressTests : IAsyncLifetime
{
    private const string Ada = "ada@portal.example";
    private const string LongList = "10 KB";

    private readonly PortalFactory portal = new();

    public async ValueTask InitializeAsync() => await portal.AddUserAsync(Ada);

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [InlineData("10.9.9.9")]
    [InlineData("10.0.0.0/8")]
    public async Task Nobody_but_a_known_proxy_says_where_somebody_comes_from(string known)
    {
        await using var open = new PortalFactory().With("Portal:KnownProxies:0", known);
        await open.AddUserAsync(Ada);
        using var liar = open.NewVisitor("8.8.8.8");
        liar.Headers.Add("X-Real-IP", "8.8.8.8");
        liar.Headers.Add("Forwarded", "for=8.8.8.8");
        await liar.SignInAsync(Ada);
        Assert.Equal("127.0.0.1", Assert.Single(await open.ActiveSessionsAsync(Ada)).IpAddress);
    }

    [Theory]
    [InlineData("a", "127.0.0.1")]
    [InlineData("", "127.0.0.1")]
    [InlineData(",", "127.0.0.1")]
    [InlineData("unknown", "127.0.0.1")]
    [InlineData("_hidden", "127.0.0.1")]
    [InlineData("198.51.100.9", "198.51.100.9")]
    [InlineData("::ffff:198.51.100.9", "198.51.100.9")]
    [InlineData("198.51.100.9:4711", "198.51.100.9")]
    [InlineData("[2001:db8::1]:4711", "2001:db8::1")]
    [InlineData("fe80::1%eth0", "fe80::1")]
    [InlineData("6.6.6.6, 198.51.100.9", "198.51.100.9")]
    [InlineData("6.6.6.6, 198.51.100.9, 127.0.0.1", "198.51.100.9")]
    [InlineData("6.6.6.6, a", "127.0.0.1")]
    [InlineData("999.999.999.999", "127.0.0.1")]
    [InlineData(LongList, "198.51.100.9")]
    public async Task The_right_most_address_that_is_no_proxy_counts(string forwarded, string recorded)
    {
        using var visitor = portal.NewVisitor(forwarded == LongList ? string.Join(", ", Enumerable.Repeat("6.6.6.6", 1100).Append("198.51.100.9")) : forwarded);
        using var answer = await visitor.SignInAsync(Ada);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal(recorded, Assert.Single(await portal.ActiveSessionsAsync(Ada)).IpAddress);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("")]
    [InlineData("fe80::1%eth0")]
    [InlineData("999.1.1.1")]
    public async Task An_address_that_is_none_skips_neither_the_password_nor_the_brake(string forwarded)
    {
        using var guesser = portal.NewVisitor(forwarded);
        for (var i = 0; i < 8; i++)
        {
            await guesser.SignInAsync(Ada, "not the right password");
        }

        await guesser.SignInAsync(Ada);
        Assert.False(await guesser.IsSignedInAsync());
    }

    [Theory]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2")]
    [InlineData("198.51.100.1", "198.51.100.254")]
    public async Task One_network_is_one_guesser(string first, string second)
    {
        using var guesser = portal.NewVisitor(first);
        for (var i = 0; i < 8; i++)
        {
            await guesser.SignInAsync(Ada, "not the right password");
        }

        using var neighbour = portal.NewVisitor(second);
        await neighbour.SignInAsync(Ada);
        Assert.False(await neighbour.IsSignedInAsync());
    }
}
