using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Takes the IP addresses of old sessions and audit events away, of events the browser too; their networks, written beside them, stay (ASVS 14.2.7).</summary>
public sealed class AddressShortening(IDbContextFactory<PortalDbContext> databases, IOptions<PrivacySettings> settings, TimeProvider clock)
{
    private const int Batch = 1000;

    /// <summary>In batches, resting after each as long as it took.</summary>
    /// <returns>How many addresses were shortened.</returns>
    public async Task<int> ShortenAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - TimeSpan.FromDays(settings.Value.IpAddressDays);
        var sessions = await RepeatAsync(db =>
        {
            var old = db.Sessions.Where(s => s.IpAddress != null && s.StartedAt < before).OrderBy(s => s.StartedAt).Take(Batch).Select(s => s.Id);
            return db.Sessions.Where(s => old.Contains(s.Id)).ExecuteUpdateAsync(set => set.SetProperty(s => s.IpAddress, (string?)null), ct);
        }, ct);
        var events = await RepeatAsync(db =>
        {
            var old = db.AuditEvents.Where(e => e.OriginSalt != null && e.At < before).OrderBy(e => e.At).Take(Batch).Select(e => e.Sequence);
            return db.AuditEvents.Where(e => old.Contains(e.Sequence)).ExecuteUpdateAsync(set => set
                .SetProperty(e => e.IpAddress, (string?)null).SetProperty(e => e.UserAgent, (string?)null).SetProperty(e => e.OriginSalt, (byte[]?)null), ct);
        }, ct);
        if (sessions + events > 0)
        {
            await using var db = await databases.CreateDbContextAsync(ct);
            db.AuditEvents.Add(AuditEvent.Of(AuditNames.AddressesShortened, Actor.Portal, clock.GetUtcNow(),
                reason: $"{sessions} sessions and {events} events from before {before:u}"));
            await db.SaveChangesAsync(ct);
        }

        return sessions + events;
    }

    private async Task<int> RepeatAsync(Func<PortalDbContext, Task<int>> some, CancellationToken ct)
    {
        var (all, done) = (0, Batch);
        while (done == Batch)
        {
            var start = clock.GetTimestamp();
            await using var db = await databases.CreateDbContextAsync(ct);
            done = await some(db);
            all += done;
            if (done == Batch)
            {
                await Task.Delay(clock.GetElapsedTime(start), clock, ct);
            }
        }

        return all;
    }
}
