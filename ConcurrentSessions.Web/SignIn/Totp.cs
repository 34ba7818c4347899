using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Time-based one-time passwords as authenticator apps speak them: RFC 6238 with HMAC-SHA-1, steps of 30 seconds, six digits.</summary>
public static class Totp
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static long StepAt(DateTimeOffset time) => (long)Math.Floor((time - DateTimeOffset.UnixEpoch) / Step);

    /// <param name="key">The shared key, as text in base 32 (RFC 4648).</param>
    public static string Code(string key, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[HMACSHA1.HashSizeInBytes];
#pragma warning disable CA5350 // What the apps speak; HMAC does not suffer from SHA-1's collisions (RFC 6238, appendix B).
        HMACSHA1.HashData(FromBase32(key), counter, hash);
#pragma warning restore CA5350
        var chosen = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0x0f)..]) & int.MaxValue;
        return (chosen % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// The step a code belongs to, if it is one of the two that are looked at: the current step and the one before, for those who
    /// type slowly or whose clock is a little behind. So a code lives for at most 60 seconds (ASVS 6.5.5).
    /// </summary>
    public static long? StepOf(string code, string key, DateTimeOffset now)
    {
        var current = StepAt(now);
        return IsAt(current) ? current : IsAt(current - 1) ? current - 1 : null;

        bool IsAt(long step) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Code(key, step)), Encoding.UTF8.GetBytes(code));
    }

    private static byte[] FromBase32(string text)
    {
        var (bytes, buffer, bits) = (new List<byte>(text.Length), 0, 0);
        foreach (var letter in text)
        {
            buffer = ((buffer << 5) | Base32.IndexOf(letter, StringComparison.OrdinalIgnoreCase)) & 0xfff;
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(buffer >> bits));
            }
        }

        return [.. bytes];
    }
}
