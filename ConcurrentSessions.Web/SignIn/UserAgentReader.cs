using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn.UserAgents;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// Tells browser, system and kind of device from a User-Agent and client hints. Browser and system are made of words and
/// versions that the rules know, so nothing a client writes is shown by way of them; a model is at most 32 letters and digits.
/// </summary>
public static partial class UserAgentReader
{
    public const int LongestKept = 512;

    private const int MostRemembered = 1000;

    private static readonly Lazy<UserAgentParser> Parser = new(() => new(UserAgentRules.Load()));
    private static readonly ConcurrentDictionary<string, ParsedUserAgent> Remembered = new(StringComparer.Ordinal);

    private static readonly ParsedUserAgent Unread = new(
        ParsedUserAgent.Other, null, true, ParsedUserAgent.Other, null, true, ParsedUserAgent.Other, null, null);

    public static DeviceDescription Read(string? userAgent) => Read(userAgent, ClientHints.None);

    internal static DeviceDescription Read(string? userAgent, ClientHints hints)
    {
        var text = Clean(userAgent);
        var parsed = Parse(text);
        var system = DeviceNames.System(parsed);
        return new(hints.Browser ?? DeviceNames.Browser(parsed), hints.System ?? system, DeviceNames.Type(system, parsed, text))
        {
            Model = Model(hints.Model) ?? (parsed.Device is ParsedUserAgent.Other || parsed.Device.StartsWith("Generic", StringComparison.Ordinal) ? null : Model(parsed.Model, system)),
        };
    }

    /// <summary>What of a User-Agent may be stored: no control characters, no half characters, 512 at most.</summary>
    public static string Clean(string? userAgent)
    {
        var kept = new StringBuilder();
        foreach (var rune in (userAgent ?? "").AsSpan(0, Math.Min(userAgent?.Length ?? 0, 2 * LongestKept)).EnumerateRunes())
        {
            if (kept.Length + rune.Utf16SequenceLength > LongestKept)
            {
                break;
            }

            if (!Rune.IsControl(rune) && rune != Rune.ReplacementChar)
            {
                kept.Append(rune);
            }
        }

        return kept.ToString();
    }

    private static ParsedUserAgent Parse(string text)
    {
        if (Remembered.TryGetValue(text, out var known))
        {
            return known;
        }

        if (Parser.Value.Parse(text) is not { } parsed)
        {
            return Unread;
        }

        if (Remembered.Count >= MostRemembered)
        {
            Remembered.Clear();
        }

        Remembered[text] = parsed;
        return parsed;
    }

    // "iPhone" twice, or a computer's, tells nobody anything; what could be a link or an instruction is no model.
    private static string? Model(string? model, string system = "") =>
        model is not null && system is "" or "Android" && PlainModel().IsMatch(model!) ? model : null;

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9 _()+-]{1,31}$", RegexOptions.CultureInvariant)]
    private static partial Regex PlainModel();
}
