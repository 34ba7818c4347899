using ConcurrentSessions.Web.SignIn.UserAgents;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

/// <summary>How uap-core's rules are read. How far the answers agree with its own test cases is measured by bench/UserAgents.</summary>
public sealed class UserAgentRulesTests
{
    private static readonly UserAgentRules Rules = UserAgentRules.Load();
    private static readonly UserAgentParser Parser = new(Rules);

    private static readonly string[] Texts =
    [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPX/3.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
        "Mozilla/5.0 (PLAYSTATION 3; 1.00)", "Opera/9.80 (Series 60; Opera Mini/7.1/27; U; en) Presto/2.12", "Dalvik/2.1.0 (Linux; U; Android 9; Nexus 5X Build/PPR1)",
        "Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.14.1", "",
    ];

    private static readonly string[] Lures =
    [
        "a", "0", ";", " ", "; ", "Mozilla/5.0 (", "CFNetwork/1.1 ", "Android 1; ", " Build/", "BuildA", "bot", "Windows NT 1", "iPhone OS ",
        "Version/1 Safari/", "SonyEricssonA", "HTC_A ", "Opera/9.80 ", "; U; ", "(KHTML, like ", "-iPhone/1.", "\u00e9\u202e", "$1", "((((", "Linux; Android 4; A",
    ];

    [Fact]
    public void Browser_system_and_device_are_told_with_their_versions()
    {
        var parsed = Parser.Parse(Texts[3])!;
        Assert.Equal(("Samsung Internet", "29", "Android", "14"), (parsed.Browser, parsed.BrowserMajor, parsed.System, parsed.SystemMajor));
        Assert.Equal(("Samsung SM-S918B", "Samsung", "SM-S918B"), (parsed.Device, parsed.Brand, parsed.Model));
        Assert.Equal("Opera GX", Parser.Parse(Texts[0])!.Browser); // younger than uap-core's last package: a rule of our own
    }

    [Fact]
    public void Words_of_the_client_are_told_from_words_of_the_rules()
    {
        Assert.True(Parser.Parse(Texts[1])!.IsBrowserOwn);
        Assert.False(Parser.Parse("CallThisNumberNow/1.0 CFNetwork/1485 Darwin/23.1.0")!.IsBrowserOwn);
    }

    [Fact]
    public void A_rule_that_is_passed_over_for_its_words_would_not_have_matched()
    {
        var rules = Rules.Browsers.Concat(Rules.Systems).Concat(Rules.Devices).ToList();
        Assert.True(rules.Count(r => r.Words is not null) > rules.Count * 0.9);
        foreach (var text in Texts)
        {
            Assert.All(rules.Where(r => !r.MayMatch(text)), rule => Assert.False(rule.Match(text).Success, $"{rule.Words![0]}: {text}"));
        }
    }

    [Theory]
    [InlineData("(Firefox)/(\\d+)", "Firefox")]
    [InlineData("a(?:bcd|efgh)i?", "bcd,efgh")]
    [InlineData("x+(Samsung )?Galaxy", "Galaxy")]
    [InlineData("Chrome\\.Frame[a-z]*", "Chrome.Frame")]
    [InlineData("Linux|Android", "Linux,Android")]
    [InlineData("Foo{0,3}Bar", "Bar")]
    [InlineData("(abc|\\d)x", null)]
    [InlineData("[]abc]+", null)]
    [InlineData("(?:abcdef|)", null)]
    public void The_words_that_every_match_needs_are_found_in_a_pattern(string pattern, string? words) =>
        Assert.Equal(words, RequiredWords.Of(pattern) is { } found ? string.Join(',', found) : null);

    [Fact]
    [Trait("Check", "S40")]
    public void Texts_made_to_keep_the_patterns_busy_are_read_to_their_end()
    {
        Assert.All(Lures, lure => Assert.NotNull(Parser.Parse(string.Concat(Enumerable.Repeat(lure, 512))[..512])));
        Assert.All(Lures, lure => Assert.NotNull(Parser.Parse(("Mozilla/5.0 (Linux; Android 9; " + string.Concat(Enumerable.Repeat(lure, 512)))[..512])));
    }
}
