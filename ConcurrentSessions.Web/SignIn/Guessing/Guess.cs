using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.SignIn.Guessing;

/// <summary>An attempt to prove something: what, for which account, from where.</summary>
/// <param name="What">One of <see cref="GuessedSecret"/>: each is counted apart.</param>
/// <param name="Account">The normalized name that was typed, whether it has an account or not.</param>
/// <param name="UserId">Null when it has none.</param>
/// <param name="Device">The browser's device cookie.</param>
public sealed record Guess(string What, string Account, string? UserId, IPAddress? From, SessionKey? Device)
{
    internal string AccountKey => Key("account", "");

    internal string NetworkKey => Key("network", Network(From));

    internal string DeviceKey(Guid device) => Key("device", device.ToString("N"));

    private string Key(string kind, string which) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{What}\n{Account}\n{kind}\n{which}")));

    /// <summary>The /24 of an IPv4 address, also of one mapped into IPv6; the /64 of an IPv6 one, whatever its zone.</summary>
    private static string Network(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var kept = plain.AddressFamily == AddressFamily.InterNetwork ? 3 : 8;
        return Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, kept));
    }
}

/// <summary>What is guessed.</summary>
public static class GuessedSecret
{
    public const string Password = "password";
    public const string AuthenticatorCode = "authenticator code";
    public const string RecoveryCode = "recovery code";
}
