using System.Text.RegularExpressions;

namespace ConcurrentSessions.Web.SignIn.UserAgents;

/// <summary>
/// Reads a User-Agent by uap-core's rules. Its patterns bound their repeats, and few are tried: 512 characters made to keep them
/// busy take some milliseconds. Should a rule ever not be so kind, the reading is given up after <see cref="Longest"/>.
/// </summary>
internal sealed class UserAgentParser(UserAgentRules rules)
{
    /// <summary>By the clock on the wall: far more than the work takes, so that a busy machine reads as well as an idle one.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <param name="text">At most 512 characters.</param>
    /// <returns>Null when it would take too long.</returns>
    public ParsedUserAgent? Parse(string text)
    {
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            var browser = Find(rules.Browsers, text, started);
            var system = Find(rules.Systems, text, started);
            var device = Find(rules.Devices, text, started);
            return new(
                browser.Part(0, 1) ?? ParsedUserAgent.Other, browser.Part(1, 2), browser.IsFamilyOwn,
                system.Part(0, 1) ?? ParsedUserAgent.Other, system.Part(1, 2), system.IsFamilyOwn,
                device.Part(0, 1) ?? ParsedUserAgent.Other, device.Part(1, 0), device.Part(2, 1));
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static Found Find(List<UserAgentRule> rules, string text, long started)
    {
        foreach (var rule in rules)
        {
            if (rule.MayMatch(text))
            {
                if (TimeProvider.System.GetElapsedTime(started) > Longest)
                {
                    throw new RegexMatchTimeoutException();
                }

                if (rule.Match(text) is { Success: true } match)
                {
                    return new(rule, match);
                }
            }
        }

        return default;
    }

    private readonly record struct Found(UserAgentRule? Rule, Match? Match)
    {
        public bool IsFamilyOwn => Rule?.IsFamilyOwn(Match!) ?? true;

        public string? Part(int part, int group) => Rule?.Part(Match!, part, group);
    }
}

/// <summary>What uap-core's rules say; families are "Other" where none matches.</summary>
/// <param name="IsBrowserOwn">The browser's family is in the rules' own words.</param>
/// <param name="IsSystemOwn">The system's family is in the rules' own words.</param>
internal sealed record ParsedUserAgent(
    string Browser, string? BrowserMajor, bool IsBrowserOwn, string System, string? SystemMajor, bool IsSystemOwn,
    string Device, string? Brand, string? Model)
{
    public const string Other = "Other";
}
