using System.Globalization;

namespace ConcurrentSessions.Web.Api;

/// <summary>Which page is asked for: <c>?cursor=&amp;limit=</c>. Read by hand, so that nonsense gets a sentence.</summary>
internal static class PageQuery
{
    public const int Most = 200;
    private const int Usual = 50;

    /// <returns>One sentence on what is wrong, or null.</returns>
    public static string? Read(string? limit, out int most)
    {
        most = Usual;
        return string.IsNullOrEmpty(limit)
            || (int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most) && most is >= 1 and <= Most)
            ? null
            : $"limit must be a whole number from 1 to {Most}.";
    }

    public const string BadCursor = "cursor must be the nextCursor of the page before.";
}

/// <param name="NextCursor">For the next page; null on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);
