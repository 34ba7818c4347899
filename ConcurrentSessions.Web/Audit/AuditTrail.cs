using System.Globalization;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Audit;

/// <summary>Reads the trail, newest first, page by page.</summary>
public sealed class AuditTrail(IDbContextFactory<PortalDbContext> databases)
{
    /// <param name="before">Only events written before this sequence number; null starts at the newest.</param>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditFilter filter, long? before, int most, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var events = filter.Of(db.AuditEvents.AsNoTracking());
        events = before is { } sequence ? events.Where(e => e.Sequence < sequence) : events;
        var (users, chain) = (db.Users, db.AuditChain);
        return await events.OrderByDescending(e => e.Sequence).Take(most)
            .Select(e => new AuditEntry(
                e,
                users.Where(u => u.Id == e.ActorId).Select(u => u.Email).FirstOrDefault(),
                users.Where(u => u.Id == e.SubjectId).Select(u => u.Email).FirstOrDefault(),
                chain.Where(l => l.Event == e.Sequence).Select(l => (long?)l.Number).FirstOrDefault()))
            .ToListAsync(ct);
    }
}

/// <param name="UserId">Actor or subject.</param>
/// <param name="ActorId">Who did it.</param>
/// <param name="From">The first moment.</param>
/// <param name="Until">The first moment that is too late.</param>
/// <param name="Text">Part of the reason, of the address or of the browser, whatever the case; or the id of a session. Without a time it reads the whole trail.</param>
public sealed record AuditFilter(
    string? Name = null, string? UserId = null, AuditOutcome? Outcome = null,
    string? ActorId = null, DateTimeOffset? From = null, DateTimeOffset? Until = null, string? Text = null)
{
    internal IQueryable<AuditEvent> Of(IQueryable<AuditEvent> events)
    {
        events = Name is { Length: > 0 } name ? events.Where(e => e.Name == name) : events;
        events = UserId is { Length: > 0 } user ? events.Where(e => e.SubjectId == user || e.ActorId == user) : events;
        events = ActorId is { Length: > 0 } actor ? events.Where(e => e.ActorId == actor) : events;
        events = Outcome is { } outcome ? events.Where(e => e.Outcome == outcome) : events;
        events = From is { } from ? events.Where(e => e.At >= from) : events;
        events = Until is { } until ? events.Where(e => e.At < until) : events;
        return string.IsNullOrWhiteSpace(Text) ? events : WithText(events, Text.Trim());
    }

    private static IQueryable<AuditEvent> WithText(IQueryable<AuditEvent> events, string text)
    {
        if (Guid.TryParse(text, out var session))
        {
            return events.Where(e => e.SessionId == session || e.ActorSessionId == session);
        }

        // The database compares: its lower(), not .NET's.
#pragma warning disable CA1304, CA1311, CA1862
        var wanted = text.ToLowerInvariant();
        return events.Where(e => e.Reason!.ToLower().Contains(wanted) || e.UserAgent!.ToLower().Contains(wanted)
            || e.IpAddress!.Contains(wanted) || e.IpNetwork!.Contains(wanted));
#pragma warning restore CA1304, CA1311, CA1862
    }
}

/// <summary>An event with the addresses of its people, where their accounts still exist.</summary>
/// <param name="Number">Its place in the ledger.</param>
public sealed record AuditEntry(AuditEvent Event, string? ActorEmail, string? SubjectEmail, long? Number = null);

/// <summary>Times as somebody types them.</summary>
public static class AuditTimes
{
    /// <summary>ISO 8601: a day or a time; UTC where it says nothing else. Null for what is none.</summary>
    public static DateTimeOffset? Read(string? typed) =>
        DateTimeOffset.TryParseExact(
            typed, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : null;
}
