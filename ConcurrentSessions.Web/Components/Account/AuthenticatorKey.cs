using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;
using QRCoder;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>The key an authenticator app shares with the portal, as text and as a picture to scan.</summary>
public sealed record AuthenticatorKey(string Secret, string Email)
{
    private const string Issuer = "ConcurrentSessions";

    /// <summary>In groups of four, for those who type it.</summary>
    public string Readable => string.Join(' ', Secret.ToLowerInvariant().Chunk(4).Select(group => new string(group)));

    public string Uri =>
        $"otpauth://totp/{Issuer}:{System.Uri.EscapeDataString(Email)}?secret={Secret}&issuer={Issuer}&digits=6";

    public string PictureUri
    {
        get
        {
            using var code = QRCodeGenerator.GenerateQrCode(Uri, QRCodeGenerator.ECCLevel.M);
            using var picture = new PngByteQRCode(code);
            return "data:image/png;base64," + Convert.ToBase64String(picture.GetGraphic(6));
        }
    }

    /// <summary>
    /// The user's key, made when there is none. Written past UserManager, which would change the security stamp:
    /// a key that is not in use yet must not end sessions.
    /// </summary>
    public static async Task<AuthenticatorKey> OfAsync(
        PortalUser user, UserManager<PortalUser> users, IUserStore<PortalUser> store)
    {
        var secret = await users.GetAuthenticatorKeyAsync(user);
        if (string.IsNullOrEmpty(secret))
        {
            secret = users.GenerateNewAuthenticatorKey();
            await ((IUserAuthenticatorKeyStore<PortalUser>)store).SetAuthenticatorKeyAsync(user, secret, CancellationToken.None);
            await users.UpdateAsync(user);
        }

        return new(secret, user.Email ?? user.UserName ?? user.Id);
    }

    /// <summary>Codes are read in groups; people type the gaps.</summary>
    public static string Compact(string code) => code.Replace(" ", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
}
