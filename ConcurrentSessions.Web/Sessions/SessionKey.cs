using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>
/// A secret of 256 random bits that one cookie carries (ASVS 7.2.3 asks for 128). The database keeps only its hash; it never prints.
/// </summary>
public sealed class SessionKey
{
    internal const int Length = 32;
    internal const int CookieLength = 43;

    private readonly byte[] secret;

    private SessionKey(byte[] secret) => this.secret = secret;

    public static SessionKey New() => new(RandomNumberGenerator.GetBytes(Length));

    /// <summary>Reads what a cookie carries; null for anything that is not exactly a key.</summary>
    public static SessionKey? FromCookie(string? value)
    {
        if (value is not { Length: CookieLength } || !Base64Url.IsValid(value))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(value);
        return bytes.Length == Length ? new(bytes) : null;
    }

    /// <summary>For the Set-Cookie header, and for nothing else.</summary>
    public string ToCookie() => Base64Url.EncodeToString(secret);

    /// <summary>SHA-256 of the secret.</summary>
    public byte[] Hash() => SHA256.HashData(secret);

    /// <summary>SHA-256 of the secret and a user: what is kept of one browser for two users cannot be linked.</summary>
    public byte[] HashFor(string userId) => SHA256.HashData([.. secret, .. Encoding.UTF8.GetBytes(userId)]);

    public override string ToString() => "(session key)";
}
