using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Tests.Support;

/// <summary>An authenticator app: RFC 6238 codes of an account's key. A portal's clock starts at the real time.</summary>
public static class AuthenticatorApp
{
    /// <summary>Turns the second factor on for an account.</summary>
    /// <returns>Its key and ten recovery codes.</returns>
    public static Task<(string Key, string[] RecoveryCodes)> EnrolAsync(this PortalFactory portal, PortalUser user) => portal.AsIdentityAsync(async users =>
    {
        var owner = (await users.FindByIdAsync(user.Id))!;
        await users.ResetAuthenticatorKeyAsync(owner);
        await users.SetTwoFactorEnabledAsync(owner, true);
        var codes = await users.GenerateNewTwoFactorRecoveryCodesAsync(owner, 10);
        return ((await users.GetAuthenticatorKeyAsync(owner))!, codes!.ToArray());
    });

    public static string Code(string key) => Code(key, TimeProvider.System.GetUtcNow());

    /// <summary>The code by a portal's clock, or one of steps before or after it.</summary>
    public static string CodeOf(this PortalFactory portal, string key, int steps = 0) => Code(key, portal.Clock.GetUtcNow().AddSeconds(30 * steps));

    public static string Code(string key, DateTimeOffset at)
    {
        Span<byte> step = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(step, at.ToUnixTimeSeconds() / 30);
#pragma warning disable CA5350 // RFC 6238 says HMAC-SHA-1
        var hash = HMACSHA1.HashData(FromBase32(key), step);
#pragma warning restore CA5350
        var offset = hash[^1] & 0x0f;
        var number = (BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(offset)) & 0x7fffffff) % 1_000_000;
        return number.ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] FromBase32(string text)
    {
        var (bytes, buffer, bits) = (new List<byte>(), 0, 0);
        foreach (var letter in text)
        {
            buffer = (buffer << 5) | "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(letter, StringComparison.Ordinal);
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
