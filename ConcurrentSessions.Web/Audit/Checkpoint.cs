using System.Globalization;

namespace ConcurrentSessions.Web.Audit;

/// <summary>A signed statement that the ledger had this hash at this number. Whoever rewrites the history would have to sign it anew, with a key that the database does not have.</summary>
public sealed class Checkpoint
{
    public long Id { get; private set; }

    public required CheckpointKind Kind { get; init; }

    /// <summary>The last event it covers.</summary>
    public required long Number { get; init; }

    public required byte[] Hash { get; init; }

    /// <summary>When it was signed (UTC, to the microsecond).</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Which key signed it: the first 16 hexadecimal digits of the SHA-256 of the public key (SubjectPublicKeyInfo).</summary>
    public required string KeyId { get; init; }

    /// <summary>ECDSA on P-256 with SHA-256, r and s (64 bytes), over <see cref="Statement"/>.</summary>
    public byte[] Signature { get; internal set; } = [];

    internal byte[] Statement() => Canonical.Bytes(
        "audit-checkpoint-1", $"{Kind}", Number.ToString(CultureInfo.InvariantCulture), Canonical.Hex(Hash), Canonical.Time(At), KeyId);
}

public enum CheckpointKind
{
    Regular,

    /// <summary>Everything up to here is old enough to be removed: the ledger begins after it.</summary>
    Retention,

    /// <summary>The end of an exported file.</summary>
    Export,
}
