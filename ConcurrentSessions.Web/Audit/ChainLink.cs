using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Web.Audit;

/// <summary>
/// The place of an event in the ledger. The database itself writes it, by a trigger in the transaction of the act: on PostgreSQL at
/// the commit, behind a lock that is held from there to its end, so that numbers are given in the order of commits and by one
/// transaction at a time; on SQLite a transaction is alone anyway. So there is no fork and no gap, whatever node writes.
/// </summary>
public sealed class ChainLink
{
    /// <summary>What the lock of the chain's end is called; the trigger takes it by the same name.</summary>
    internal const string Lock = "audit chain";

    private ChainLink()
    {
    }

    /// <summary>1, 2, 3, without gaps, in the order of commits.</summary>
    public long Number { get; private init; }

    /// <summary>The event's <see cref="AuditEvent.Sequence"/>.</summary>
    public long Event { get; private init; }

    /// <summary>SHA-256 of the hash before it (32 zero bytes before the first), the number and the event's digest.</summary>
    public byte[] Hash { get; private init; } = [];

    internal static ChainLink After(ChainLink? last, AuditEvent happened)
    {
        var number = (last?.Number ?? 0) + 1;
        return new() { Number = number, Event = happened.Sequence, Hash = ChainStep.Hash(last?.Hash, number, happened.Digest) };
    }
}
