using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ConcurrentSessions.Web.Audit;

/// <summary>
/// The bytes that the ledger's hashes and signatures are made of. <c>docs/audit.md</c> describes them and
/// <c>tools/verify-audit.py</c> makes them again without this program: a change here is a new heading, never another meaning of an old one.
/// </summary>
internal static class Canonical
{
    public const int SaltLength = 16;

    /// <summary>The heading and the fields, each with its length, so that no two lists of fields give the same bytes.</summary>
    public static byte[] Bytes(string heading, params ReadOnlySpan<string?> fields)
    {
        var text = new StringBuilder(heading).Append('\n');
        foreach (var field in fields)
        {
            _ = field is null
                ? text.Append("-\n")
                : text.Append(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetByteCount(field)}:{field}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Stands for values that may be erased later: without the salt it tells nothing about them, with it it proves them.</summary>
    public static byte[] Commitment(byte[] salt, params ReadOnlySpan<string?> values) =>
        SHA256.HashData([.. salt, .. Bytes("audit-values-1", values)]);

    /// <summary>UTC to the microsecond, which both databases keep.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static DateTimeOffset ToMicroseconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond));

    public static string? Hex(byte[]? bytes) => bytes is null ? null : Convert.ToHexStringLower(bytes);
}
