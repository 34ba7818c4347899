using System.Net;
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

    internal string NetworkKey => Key("network", ClientReader.Network(From));

    internal string DeviceKey(Guid device) => Key("device", device.ToString("N"));

    private string Key(string kind, string which) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{What}\n{Account}\n{kind}\n{which}")));
}

/// <summary>What is guessed.</summary>
public static class GuessedSecret
{
    public const string Password = "password";
    public const string AuthenticatorCode = "authenticator code";
    public const string RecoveryCode = "recovery code";
}
