using System.Net;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;

namespace ConcurrentSessions.Web.SignIn.Passwords;

/// <summary>
/// Words that whoever guesses passwords of this portal and this person tries first: the product's name, the host's, the parts
/// of the person's address that have four characters or more (ASVS 6.1.2, 6.2.11). Capitals and signs make no difference.
/// </summary>
public sealed class ContextWords(PublicLinks links)
{
    private const int Shortest = 4;
    private const string Product = "ConcurrentSessions";

    /// <summary>Null when the password holds none.</summary>
    public string? FindIn(string password, PortalUser user)
    {
        var text = Squeezed(password);
        return Of(user).FirstOrDefault(word => Squeezed(word) is { Length: >= Shortest } squeezed && text.Contains(squeezed, StringComparison.Ordinal));
    }

    private IEnumerable<string> Of(PortalUser user) =>
        [Product, .. OfHost(links.Root.IdnHost), .. OfAddress(user.Email), .. OfAddress(user.UserName)];

    private static IEnumerable<string> OfHost(string host) => IPAddress.TryParse(host.Trim('[', ']'), out _) ? [] : [host, .. Labels(host)];

    private static IEnumerable<string> OfAddress(string? address)
    {
        if (address is null)
        {
            return [];
        }

        var at = address.LastIndexOf('@');
        var (name, host) = at < 0 ? (address, "") : (address[..at], address[(at + 1)..]);
        return [name, .. name.Split(['.', '_', '-', '+', ' ']), .. Labels(host)];
    }

    // The last label of several is a public one, like "info".
    private static string[] Labels(string host) => host.Split('.') is { Length: > 1 } labels ? labels[..^1] : [host];

    private static string Squeezed(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
