using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn.External;

/// <summary>
/// Remembers for a day that this browser came back from the external provider as a certain person, so that an address can be
/// told to be confirmed by whoever registered it. It opens nothing.
/// </summary>
public sealed class ExternalProof(IDataProtectionProvider protection)
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(1);

    private readonly ITimeLimitedDataProtector protector =
        protection.CreateProtector(typeof(ExternalProof).FullName!).ToTimeLimitedDataProtector();

    /// <summary>Written alike whether the registration led to an account or not.</summary>
    public void Remember(HttpContext context, UserLoginInfo login) =>
        context.Response.WriteRegistered(protector.Protect(Words(login), Life), Life);

    /// <summary>Whether one of these logins is that of the person who came back here.</summary>
    public bool IsOf(HttpContext context, IEnumerable<UserLoginInfo> logins)
    {
        try
        {
            return context.Request.Cookies[BrowserCookies.Registered] is { Length: > 0 } kept
                && protector.Unprotect(kept) is var words && logins.Any(l => Words(l) == words);
        }
        catch (CryptographicException)
        {
            return false; // too old, of another portal, or made up
        }
    }

    private static string Words(UserLoginInfo login) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{login.LoginProvider}\n{login.ProviderKey}")));
}
