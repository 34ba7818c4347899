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
        var events = db.AuditEvents.AsNoTracking();
        events = filter.Name is { Length: > 0 } name ? events.Where(e => e.Name == name) : events;
        events = filter.UserId is { Length: > 0 } user ? events.Where(e => e.SubjectId == user || e.ActorId == user) : events;
        events = filter.Outcome is { } outcome ? events.Where(e => e.Outcome == outcome) : events;
        events = before is { } sequence ? events.Where(e => e.Sequence < sequence) : events;
        var users = db.Users;
        return await events.OrderByDescending(e => e.Sequence).Take(most)
            .Select(e => new AuditEntry(
                e,
                users.Where(u => u.Id == e.ActorId).Select(u => u.Email).FirstOrDefault(),
                users.Where(u => u.Id == e.SubjectId).Select(u => u.Email).FirstOrDefault()))
            .ToListAsync(ct);
    }
}

/// <param name="UserId">Actor or subject.</param>
public sealed record AuditFilter(string? Name = null, string? UserId = null, AuditOutcome? Outcome = null);

/// <summary>An event with the addresses of its people, where their accounts still exist.</summary>
public sealed record AuditEntry(AuditEvent Event, string? ActorEmail, string? SubjectEmail);
