using System.Text;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Upper case and Unicode form C, as Identity does, but also for the one character that normalization refuses with an exception.</summary>
public sealed class PortalNormalizer : ILookupNormalizer
{
    private const int NoCharacter = 0xFFFE;

    public string? NormalizeName(string? name) => name is null ? null
        : string.Concat(name.EnumerateRunes().Select(r => r.Value == NoCharacter ? Rune.ReplacementChar : r)).Normalize().ToUpperInvariant();

    public string? NormalizeEmail(string? email) => NormalizeName(email);
}
