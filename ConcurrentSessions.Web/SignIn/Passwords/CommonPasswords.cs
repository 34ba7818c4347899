using System.Collections.Frozen;

namespace ConcurrentSessions.Web.SignIn.Passwords;

/// <summary>
/// Passwords that everybody tries first: the 5,000 most common of 12 characters or more, and the 6,000 most common words that
/// shorter ones are made of (ASVS 6.2.4). Where they come from: <c>common-passwords.license.txt</c>.
/// </summary>
internal static class CommonPasswords
{
    private static readonly Lazy<FrozenSet<string>> Known = new(Read);

    /// <summary>It, or what is left without the digits and signs at its ends, is on the list, in capitals or not.</summary>
    public static bool Include(string password)
    {
        var text = password.ToLowerInvariant();
        return Known.Value.Contains(text) || Known.Value.Contains(Core(text));
    }

    private static string Core(string text)
    {
        var start = text.AsSpan().IndexOfAnyInRange('a', 'z');
        var end = text.AsSpan().LastIndexOfAnyInRange('a', 'z');
        return start < 0 || text.Any(c => char.IsLetter(c) && !char.IsAsciiLetter(c)) ? text : text[start..(end + 1)];
    }

    private static FrozenSet<string> Read()
    {
        using var list = typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.txt")
            ?? throw new InvalidOperationException("The list of common passwords is missing from the program.");
        using var reader = new StreamReader(list);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
