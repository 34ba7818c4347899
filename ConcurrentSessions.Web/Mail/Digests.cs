using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Mail;

/// <summary>Makes one mail of the notices that an address had no budget for.</summary>
public sealed class Digests(IDbContextFactory<PortalDbContext> databases, MailPost post, PublicLinks links, TimeProvider clock)
{
    private const int AtOnce = 50;

    /// <summary>Writes the digests that are due. Of several nodes that do so at once, one finds the notices.</summary>
    public async Task WriteDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(ct);
        var due = await db.HeldNotices.Where(h => h.DueAt <= now).Select(h => h.UserId).Distinct().Order().Take(AtOnce).ToListAsync(ct);
        foreach (var userId in due)
        {
            await WriteAsync(userId, now, ct);
        }
    }

    private async Task WriteAsync(string userId, DateTimeOffset now, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnAsync(userId, ct);
        var held = await db.HeldNotices.Where(h => h.UserId == userId).OrderByDescending(h => h.At).ThenByDescending(h => h.Id).ToListAsync(ct);
        foreach (var address in held.GroupBy(h => h.To))
        {
            post.Promise(db, new(MailKinds.Digest, address.Key, userId, DigestMail.For([.. address], links), now));
        }

        db.HeldNotices.RemoveRange(held);
        await db.SaveChangesAsync(ct);
        await turn.CommitAsync();
    }
}
