using ConcurrentSessions.Web.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

public sealed class SameOriginTests
{
    [Theory]
    [InlineData("https://portal.example")]
    [InlineData("https://PORTAL.example")]
    [InlineData("http://inside:5080")]
    public void A_call_from_the_public_or_the_asked_address_is_own(string origin) => Assert.True(IsOwn(origin));

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://portal.example")]
    [InlineData("https://portal.example:8443")]
    [InlineData("https://portal.example.evil.example")]
    [InlineData("https://portal.example/")]
    [InlineData("null")]
    [InlineData("")]
    public void A_call_from_anywhere_else_is_not_own(string origin) => Assert.False(IsOwn(origin));

    [Theory]
    [InlineData("same-origin", true)]
    [InlineData("same-site", false)]
    [InlineData("cross-site", false)]
    [InlineData("none", false)]
    public void Without_an_origin_the_browsers_own_word_counts(string site, bool own) => Assert.Equal(own, IsOwn(null, site));

    [Fact]
    public void A_call_that_does_not_say_where_it_comes_from_is_not_own() => Assert.False(IsOwn(null));

    [Fact]
    public void A_foreign_origin_is_not_outweighed_by_the_fetch_header() => Assert.False(IsOwn("https://evil.example", "same-origin"));

    [Fact]
    public void Two_origins_are_none()
    {
        var request = Request();
        request.Headers.Origin = new(["https://portal.example", "https://portal.example"]);
        Assert.False(Portal("https://portal.example").IsOwn(request));
    }

    [Theory]
    [InlineData("https://portal.example:443/", "https://portal.example")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    [InlineData("http://[::1]:5080", "http://[::1]:5080")]
    public void The_public_address_is_compared_as_browsers_write_it(string publicUrl, string origin)
    {
        var request = Request();
        request.Headers.Origin = origin;
        Assert.True(Portal(publicUrl).IsOwn(request));
    }

    private static bool IsOwn(string? origin, string? site = null)
    {
        var request = Request();
        if (origin is not null)
        {
            request.Headers.Origin = origin;
        }

        if (site is not null)
        {
            request.Headers["Sec-Fetch-Site"] = site;
        }

        return Portal("https://portal.example").IsOwn(request);
    }

    private static SameOrigin Portal(string publicUrl) => new(Options.Create(new PortalOptions { PublicUrl = publicUrl }));

    private static HttpRequest Request()
    {
        var request = new DefaultHttpContext().Request;
        (request.Scheme, request.Host) = ("http", new HostString("inside", 5080));
        return request;
    }
}
