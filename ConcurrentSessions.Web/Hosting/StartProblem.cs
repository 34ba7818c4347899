using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Hosting;

/// <summary>Says in one line what keeps the program from starting: the key, its value and what is allowed.</summary>
internal static partial class StartProblem
{
    /// <returns>Null when it is not a matter of settings.</returns>
    public static string? Sentence(Exception failure) => failure switch
    {
        OptionsValidationException invalid => string.Join(' ', invalid.Failures),
        InvalidOperationException or FormatException when Conversion().Match(failure.Message) is { Success: true } match =>
            $"{match.Groups["key"].Value} is '{match.Groups["value"].Value}'; it must be {Allowed(match.Groups["type"].Value)}.",
        InvalidOperationException known when known.Message.Contains("; it must ", StringComparison.Ordinal)
            || known.Message.Contains("; for ", StringComparison.Ordinal) => known.Message,
        { InnerException: { } inner } => Sentence(inner),
        _ => null,
    };

    private static string Allowed(string type) => type switch
    {
        "System.Int32" => "a whole number",
        "System.TimeSpan" => "a duration like 00:30:00 (hours, minutes, seconds) or 14.00:00:00 (days first)",
        "System.Boolean" => "true or false",
        _ when Type.GetType(type) is { IsEnum: true } values => string.Join(" or ", Enum.GetNames(values)),
        _ => "a " + type[(type.LastIndexOf('.') + 1)..],
    };

    [GeneratedRegex("configuration value '(?<value>.*)' at '(?<key>.*)' to type '(?<type>.*)'", RegexOptions.Singleline)]
    private static partial Regex Conversion();
}
