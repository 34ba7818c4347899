using System.Net;
using ConcurrentSessions.Tests.Support;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>A network that sends more forms than people do is slowed down; the rest of the world is not.</summary>
[Trait("Check", "S56")]
public sealed class RequestFloodTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new PortalFactory().With("Portal:PostsPerMinute", "60");

    public async ValueTask InitializeAsync() => await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Theory]
    [InlineData("198.51.100.1", "198.51.100.254", "198.51.101.1")]
    [InlineData("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1")]
    public async Task A_network_that_floods_the_forms_is_told_to_wait_and_nobody_else_is(string flood, string neighbour, string stranger)
    {
        using var flooder = portal.NewVisitor(flood);
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 150; i++)
        {
            using var answer = await flooder.PostAsync("/Account/Login");
            statuses.Add(answer.StatusCode);
        }

        Assert.InRange(statuses.Count(s => s == HttpStatusCode.TooManyRequests), 50, 90);
        Assert.All(statuses, s => Assert.True(s is HttpStatusCode.TooManyRequests or HttpStatusCode.BadRequest));

        using var sameNetwork = portal.NewVisitor(neighbour);
        using var refused = await RefusedAsync(sameNetwork);
        Assert.Contains("Too many forms came from your network", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        using var reader = await sameNetwork.GetAsync("/Account/Login");
        Assert.Equal(HttpStatusCode.OK, reader.StatusCode);

        using var elsewhere = portal.NewVisitor(stranger);
        await elsewhere.SignInAsync("ada@portal.example");
        Assert.True(await elsewhere.IsSignedInAsync());
    }

    [Theory]
    [InlineData("59")]
    [InlineData("0")]
    [InlineData("many")]
    public async Task A_limit_that_would_keep_people_out_stops_the_start(string posts)
    {
        var (code, said) = await PortalProcess.StartAsync(("Portal:PostsPerMinute", posts));
        Assert.Equal(1, code);
        Assert.StartsWith($"Portal:PostsPerMinute is '{posts}'; it must be a whole number", said, StringComparison.Ordinal);
    }

    // Now and then one is let through again, as time goes by.
    private static async Task<HttpResponseMessage> RefusedAsync(Visitor visitor)
    {
        while (true)
        {
            var answer = await visitor.PostAsync("/Account/Login");
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                return answer;
            }
        }
    }
}
