using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ConcurrentSessions.Web.Data;

/// <summary>One step of the audit ledger's chain. PostgreSQL computes it itself; SQLite, which has no SHA-256, is lent it as <see cref="Name"/>.</summary>
internal static class ChainStep
{
    public const int HashLength = 32;

    /// <summary>What triggers on SQLite call it. A shell lacks it: there nobody adds to the trail by hand.</summary>
    public const string Name = "portal_chain_step";

    /// <summary>What goes before the first event.</summary>
    public static byte[] Nothing { get; } = new byte[HashLength];

    /// <summary>SHA-256 of the hash before (of nothing: 32 zero bytes), the number as 8 bytes, the most significant first, and the event's digest.</summary>
    public static byte[] Hash(byte[]? before, long number, byte[]? digest)
    {
        if (digest is not { Length: HashLength })
        {
            throw new ArgumentException("an audit event needs the digest that the portal gives it", nameof(digest));
        }

        Span<byte> bytes = stackalloc byte[HashLength + sizeof(long) + HashLength];
        (before ?? Nothing).CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[HashLength..], number);
        digest.CopyTo(bytes[(HashLength + sizeof(long))..]);
        return SHA256.HashData(bytes);
    }
}
