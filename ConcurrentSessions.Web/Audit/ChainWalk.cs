using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Web.Audit;

/// <summary>Goes along the chain from its beginning, and stops at the first thing that does not fit.</summary>
internal sealed class ChainWalk(Checkpoint? start, IEnumerable<Checkpoint> checkpoints)
{
    private readonly ILookup<long, Checkpoint> signed = checkpoints.ToLookup(c => c.Number);
    private byte[] hash = start?.Hash ?? ChainStep.Nothing;

    /// <summary>The last event that fitted.</summary>
    public long Number { get; private set; } = start?.Number ?? 0;

    public long Events { get; private set; }

    public LedgerProblem? Problem { get; private set; }

    public void Take(ChainLink link, AuditEvent? happened)
    {
        if (Problem is not null)
        {
            return;
        }

        Problem = Look(link, happened);
        if (Problem is null)
        {
            (Number, hash, Events) = (link.Number, link.Hash, Events + 1);
        }
    }

    /// <summary>Whether a checkpoint signed more than there is.</summary>
    public LedgerProblem? MissingEnd() => signed.Max(c => (long?)c.Key) is { } last && last > Number
        ? new(Number + 1, $"the events from here to at least {last} were removed from the end: a checkpoint has signed them")
        : null;

    private LedgerProblem? Look(ChainLink link, AuditEvent? happened) =>
        link.Number != Number + 1 ? new(Number + 1, $"it was removed (the next there is has number {link.Number})")
        : happened is null ? new(link.Number, "it was removed")
        : !happened.IsUntouched() ? new(link.Number, "it was changed")
        : !ChainStep.Hash(hash, link.Number, happened.Digest).AsSpan().SequenceEqual(link.Hash)
            ? new(link.Number, "it is not what stood here: an event was changed, exchanged, inserted or removed")
        : signed[link.Number].Any(c => !c.Hash.AsSpan().SequenceEqual(link.Hash))
            ? new(link.Number, "the ledger up to here is not the one that was signed: it was rewritten")
        : null;
}
