using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

public sealed class UserAgentReaderTests
{
    private const string WebKit = "AppleWebKit/537.36 (KHTML, like Gecko)";
    private const string Win = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";

    [Theory]
    [InlineData($"{Win} {WebKit} Chrome/140.0.0.0 Safari/537.36", "Chrome on Windows", DeviceType.Desktop)]
    [InlineData($"{Win} {WebKit} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge on Windows", DeviceType.Desktop)]
    [InlineData($"{Win} {WebKit} Chrome/140.0.0.0 Safari/537.36 OPR/120.0.0.0", "Opera on Windows", DeviceType.Desktop)]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Linux", DeviceType.Desktop)]
    [InlineData($"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WebKit} Chrome/140.0.0.0 Safari/537.36", "Chrome on ChromeOS", DeviceType.Desktop)]
    [InlineData("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15", "Safari on macOS", DeviceType.Desktop)]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1", "Safari on iPhone", DeviceType.Phone)]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone", DeviceType.Phone)]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/144.0 Mobile/15E148 Safari/605.1.15", "Firefox on iPad", DeviceType.Tablet)]
    [InlineData($"Mozilla/5.0 (Linux; Android 10; K) {WebKit} Chrome/140.0.0.0 Mobile Safari/537.36", "Chrome on Android", DeviceType.Phone)]
    [InlineData($"Mozilla/5.0 (Linux; Android 10; K) {WebKit} Chrome/140.0.0.0 Safari/537.36", "Chrome on Android", DeviceType.Tablet)]
    [InlineData($"Mozilla/5.0 (Linux; Android 10; K) {WebKit} SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36", "Samsung Internet on Android", DeviceType.Phone)]
    [InlineData("curl/8.14.1", "curl", DeviceType.Other)]
    [InlineData("python-requests/2.32", "Python Requests", DeviceType.Other)]
    [InlineData("Something else", "Unknown browser", DeviceType.Other)]
    [InlineData("", "Unknown browser", DeviceType.Other)]
    [InlineData(null, "Unknown browser", DeviceType.Other)]
    public void A_device_is_named_as_its_owner_would_name_it(string? userAgent, string name, DeviceType type)
    {
        var device = UserAgentReader.Read(userAgent);

        Assert.Equal((name, type), (device.Name, device.Type));
    }

    [Theory]
    [InlineData("<script>alert(1)</script> Firefox/144.0 (Windows)")]
    [InlineData("Windows Firefox/144.0\r\nBcc: victim@example.com")]
    [InlineData("Windows Firefox/144.0 https://evil.example/\u202e")]
    [Trait("Check", "S22")]
    public void Nothing_a_client_wrote_gets_into_the_name(string userAgent) =>
        Assert.Equal("Firefox on Windows", UserAgentReader.Read(userAgent).Name);

    [Fact]
    [Trait("Check", "S40")]
    public void What_is_stored_is_short_and_has_no_control_or_half_characters()
    {
        var kept = UserAgentReader.Clean("a\0b\rc\nd\u0085e\ud800f" + new string('x', 32_000));

        Assert.StartsWith("abcdefxxx", kept, StringComparison.Ordinal);
        Assert.Equal(512, kept.Length);
    }

    [Fact]
    [Trait("Check", "S40")]
    public void Only_the_first_512_characters_are_looked_at()
    {
        var padding = new string('(', UserAgentReader.LongestKept);

        Assert.Equal(DeviceDescription.Unknown, UserAgentReader.Read(padding + "Windows Firefox/144.0"));
    }
}
