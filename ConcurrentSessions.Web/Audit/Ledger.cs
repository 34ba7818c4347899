using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Audit;

/// <summary>The chain's end, and the checkpoints that sign it.</summary>
public sealed class Ledger : IDisposable
{
    private const int Batch = 1000;

    private readonly IDbContextFactory<PortalDbContext> databases;
    private readonly CheckpointFile file;
    private readonly TimeProvider clock;
    private readonly Lazy<SigningKey?> key;

    public Ledger(IDbContextFactory<PortalDbContext> databases, CheckpointFile file, IOptions<AuditSettings> settings, TimeProvider clock)
    {
        (this.databases, this.file, this.clock) = (databases, file, clock);
        key = new(() => settings.Value.SigningKey is { Length: > 0 } path ? SigningKey.Read(DataFolder.Resolve(path)) : null);
    }

    /// <summary>For auditors: PEM; null when nothing is signed.</summary>
    public string? PublicKey => Key?.PublicKey;

    internal SigningKey? Key => key.Value;

    internal CheckpointFile File => file;

    /// <summary>Signs the end of the ledger, where it has grown since it was last signed, and writes that down inside and outside the database.</summary>
    /// <returns>The newest checkpoint; null when nothing is signed or there is nothing to sign.</returns>
    public async Task<Checkpoint?> SignEndAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        if (Key is null || await EndAsync(db, ct) is not { } end)
        {
            return null;
        }

        // Of all nodes the first to come signs; each keeps its own copy outside.
        var newest = await db.AuditCheckpoints.AsNoTracking().OrderByDescending(c => c.Id).FirstOrDefaultAsync(ct);
        if (newest is null || newest.Number < end.Number)
        {
            newest = Sign(CheckpointKind.Regular, end);
            db.AuditCheckpoints.Add(newest);
            await db.SaveChangesAsync(ct);
        }

        file.Append(newest);
        return newest;
    }

    /// <exception cref="InvalidOperationException">Nothing is signed.</exception>
    internal Checkpoint Sign(CheckpointKind kind, ChainLink at)
    {
        var signer = Key ?? throw new InvalidOperationException("Audit:SigningKey is not set.");
        var checkpoint = new Checkpoint
        {
            Kind = kind, Number = at.Number, Hash = at.Hash, At = Canonical.ToMicroseconds(clock.GetUtcNow()), KeyId = signer.Id,
        };
        signer.Sign(checkpoint);
        return checkpoint;
    }

    internal static Task<ChainLink?> EndAsync(PortalDbContext db, CancellationToken ct) =>
        db.AuditChain.AsNoTracking().OrderByDescending(l => l.Number).FirstOrDefaultAsync(ct);

    /// <summary>
    /// Takes up events that were written before there was a ledger, in the order of their writing: once, while the chain is empty.
    /// Before anything else writes; nodes that start together do it one after the other.
    /// </summary>
    public async Task TakeUpOldEventsAsync(CancellationToken ct)
    {
        await using var db = await databases.CreateDbContextAsync(ct);
        await using var turn = await db.TakeTurnOfAsync(ChainLink.Lock, ct);
        if (await db.AuditChain.AnyAsync(ct))
        {
            return;
        }

        var (last, before) = ((ChainLink?)null, 0L);
        while (await db.AuditEvents.Where(e => e.Sequence > before).OrderBy(e => e.Sequence).Take(Batch).ToListAsync(ct) is { Count: > 0 } events)
        {
            foreach (var old in events)
            {
                old.Seal();
                last = ChainLink.After(last, old);
                db.AuditChain.Add(last);
            }

            await db.SaveChangesAsync(ct);
            db.ChangeTracker.Clear();
            before = events[^1].Sequence;
        }

        await turn.CommitAsync();
    }

    public void Dispose()
    {
        if (key.IsValueCreated)
        {
            key.Value?.Dispose();
        }
    }
}
