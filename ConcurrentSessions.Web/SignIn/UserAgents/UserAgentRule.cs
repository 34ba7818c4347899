using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace ConcurrentSessions.Web.SignIn.UserAgents;

/// <summary>One rule of uap-core: a pattern, and what each part of the answer is made of.</summary>
internal sealed class UserAgentRule
{
    private readonly string pattern;
    private readonly string?[] templates;
    private readonly Lazy<Regex> regex;

    private UserAgentRule(string pattern, bool ignoreCase, string?[] templates)
    {
        (this.pattern, this.templates) = (pattern, templates);
        var options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        regex = new(() => new(pattern, options, UserAgentParser.Longest));
        Words = RequiredWords.Of(pattern);
    }

    /// <summary>One of them, in any case, is in every text that it matches; null where nothing is known.</summary>
    public IReadOnlyList<string>? Words { get; }

    /// <param name="parts">The keys of the replacements, in the order of the answer; the pattern's groups stand in for missing ones.</param>
    public static UserAgentRule Of(YamlMappingNode node, string[] parts) => new(
        Text(node, "regex")!, Text(node, "regex_flag") == "i", [.. parts.Select(part => Text(node, part))]);

    public bool MayMatch(string text)
    {
        if (Words is null)
        {
            return true;
        }

        foreach (var word in Words)
        {
            if (text.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <exception cref="RegexMatchTimeoutException">It took longer than <see cref="UserAgentParser.Longest"/>.</exception>
    public Match Match(string text) => regex.Value.Match(text);

    /// <param name="part">0 is the family.</param>
    /// <param name="group">The pattern's group that stands in for a missing replacement; 0 for none.</param>
    public string? Part(Match match, int part, int group)
    {
        var text = templates[part] is { } template ? Fill(template, match) : group == 0 ? "" : match.Groups[group].Value;
        return text.Trim() is { Length: > 0 } trimmed ? trimmed : null;
    }

    /// <summary>Whether the family consists of the rule's own words: nothing in it is the client's.</summary>
    public bool IsFamilyOwn(Match match) => templates[0] is { } template
        ? Groups(template).All(group => IsOwn(match.Groups[group].Value))
        : IsOwn(match.Groups[1].Value);

    private bool IsOwn(string captured) => pattern.Contains(captured, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<int> Groups(string template) =>
        Enumerable.Range(0, Math.Max(template.Length - 1, 0)).Where(i => IsPlace(template, i)).Select(i => template[i + 1] - '0');

    private static string Fill(string template, Match match)
    {
        for (var i = template.Length - 2; i >= 0; i--)
        {
            if (IsPlace(template, i))
            {
                template = string.Concat(template.AsSpan(0, i), match.Groups[template[i + 1] - '0'].Value, template.AsSpan(i + 2));
            }
        }

        return template;
    }

    private static bool IsPlace(string template, int i) => template[i] == '$' && char.IsAsciiDigit(template[i + 1]);

    private static string? Text(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var value) && value is YamlScalarNode { Value: { } text } ? text : null;
}
