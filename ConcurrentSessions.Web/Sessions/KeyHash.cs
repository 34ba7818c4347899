using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>The SHA-256 of a <see cref="SessionKey"/>, without an object of its own: what requests are looked up by.</summary>
public readonly record struct KeyHash
{
    private readonly ulong a, b, c, d;

    private KeyHash(ReadOnlySpan<byte> hash)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(hash);
        (a, b, c, d) = (words[0], words[1], words[2], words[3]);
    }

    /// <summary>Of what a cookie carries; null for anything that is not exactly a key.</summary>
    public static KeyHash? FromCookie(string? value)
    {
        Span<byte> secret = stackalloc byte[SessionKey.Length + 1];
        if (value is not { Length: SessionKey.CookieLength } || !Base64Url.IsValid(value) || !Base64Url.TryDecodeFromChars(value, secret, out var length) || length != SessionKey.Length)
        {
            return null;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret[..length], hash);
        return new(hash);
    }

    /// <summary>As the table keeps it.</summary>
    public byte[] ToArray()
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        var words = MemoryMarshal.Cast<byte, ulong>(hash.AsSpan());
        (words[0], words[1], words[2], words[3]) = (a, b, c, d);
        return hash;
    }

    public static KeyHash Of(ReadOnlySpan<byte> stored) => new(stored);

    // All of its bits are as good as random.
    public override int GetHashCode() => (int)a;
}
