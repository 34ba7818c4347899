namespace ConcurrentSessions.Tests.Support;

public static class Locations
{
    /// <summary>Path and query of a Location header, relative or not.</summary>
    public static string PathAndQuery(this Uri location) => location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;
}
