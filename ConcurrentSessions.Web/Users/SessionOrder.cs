using System.Globalization;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Users;

public enum SessionSort
{
    /// <summary>When it was last used; of sessions that have ended, when they ended.</summary>
    Latest,

    /// <summary>When it was signed in.</summary>
    SignedIn,
}

/// <summary>In what order sessions are listed. Each order has an index, so that a page costs the same wherever it begins.</summary>
public readonly record struct SessionOrder(SessionSort Sort, bool Ascending)
{
    internal IQueryable<Session> Apply(IQueryable<Session> sessions, bool ended, bool backwards = false) =>
        (Sort, ended, Ascending != backwards) switch
        {
            (SessionSort.SignedIn, _, true) => sessions.OrderBy(s => s.Id), // ids begin with the time they were made
            (SessionSort.SignedIn, _, false) => sessions.OrderByDescending(s => s.Id),
            (_, true, true) => sessions.OrderBy(s => s.EndedAt).ThenBy(s => s.Id),
            (_, true, false) => sessions.OrderByDescending(s => s.EndedAt).ThenByDescending(s => s.Id),
            (_, _, true) => sessions.OrderBy(s => s.LastSeenAt).ThenBy(s => s.Id),
            _ => sessions.OrderByDescending(s => s.LastSeenAt).ThenByDescending(s => s.Id),
        };

    /// <summary>Only what comes after the place, or before it.</summary>
    internal IQueryable<Session> From(IQueryable<Session> sessions, bool ended, SessionPlace place)
    {
        var (at, id) = (place.At, place.Id);
        return (Sort, ended, Ascending != place.Before) switch
        {
            (SessionSort.SignedIn, _, true) => sessions.Where(s => s.Id.CompareTo(id) > 0),
            (SessionSort.SignedIn, _, false) => sessions.Where(s => s.Id.CompareTo(id) < 0),
            (_, true, true) => sessions.Where(s => s.EndedAt >= at && (s.EndedAt > at || s.Id.CompareTo(id) > 0)),
            (_, true, false) => sessions.Where(s => s.EndedAt <= at && (s.EndedAt < at || s.Id.CompareTo(id) < 0)),
            (_, _, true) => sessions.Where(s => s.LastSeenAt >= at && (s.LastSeenAt > at || s.Id.CompareTo(id) > 0)),
            _ => sessions.Where(s => s.LastSeenAt <= at && (s.LastSeenAt < at || s.Id.CompareTo(id) < 0)),
        };
    }

    internal SessionPlace PlaceOf(Session session, bool ended, bool before) =>
        new(Sort is SessionSort.SignedIn ? session.StartedAt : ended ? session.EndedAt!.Value : session.LastSeenAt, session.Id, before);
}

/// <summary>Between which two rows a page begins (or, seen backwards, ends).</summary>
/// <param name="At">What the rows are ordered by, at the neighbour (UTC).</param>
/// <param name="Id">The neighbour, which is not in the page.</param>
/// <param name="Before">The page that ends before the neighbour, not the one that begins after it.</param>
public sealed record SessionPlace(DateTimeOffset At, SessionId Id, bool Before)
{
    /// <summary>"after-638…-0199…": for an address.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Before ? "before" : "after")}-{At.UtcTicks}-{Id.Value:N}");

    /// <summary>Null for what no page was ever called.</summary>
    public static SessionPlace? Read(string? text) =>
        text?.Split('-') is ["before" or "after", var ticks, var id]
        && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.UtcTicks
        && Guid.TryParseExact(id, "N", out var guid)
            ? new(new(at, TimeSpan.Zero), new(guid), text.StartsWith("before", StringComparison.Ordinal))
            : null;
}
