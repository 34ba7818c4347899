using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.SignIn.Passkeys;

/// <summary>Writes down what passkeys answered: each challenge counts once, on all nodes (ASVS 6.7.2), and its owner sees when a key was last used.</summary>
public sealed class PasskeyUses(IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
{
    /// <param name="challenge">Null when the cookie names none.</param>
    /// <returns>False when it was answered before.</returns>
    public async Task<bool> TakeAsync(Guid? challenge, byte[] credentialId, CancellationToken ct)
    {
        if (challenge is not { } id)
        {
            return false;
        }

        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnOfAsync($"challenge {id}", ct);
        if (await db.Set<UsedChallenge>().AnyAsync(c => c.Id == id, ct))
        {
            return false;
        }

        DateTimeOffset? now = clock.GetUtcNow();
        db.Add(new UsedChallenge { Id = id, At = now.Value });
        await db.SaveChangesAsync(ct);
        await db.UserPasskeys.Where(p => p.CredentialId == credentialId)
            .ExecuteUpdateAsync(set => set.SetProperty(p => EF.Property<DateTimeOffset?>(p, PasskeyTable.LastUsedAt), now), ct);
        await turn.CommitAsync();
        return true;
    }

    /// <summary>When each of a user's passkeys last answered (UTC), by <see cref="Convert.ToHexString(byte[])"/> of its credential id; those never used are left out.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> LastAsync(string userId, CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        var used = await db.UserPasskeys.Where(p => p.UserId == userId)
            .Select(p => new { p.CredentialId, At = EF.Property<DateTimeOffset?>(p, PasskeyTable.LastUsedAt) })
            .ToListAsync(ct);
        return used.Where(u => u.At is not null).ToDictionary(u => Convert.ToHexString(u.CredentialId), u => u.At!.Value);
    }
}
