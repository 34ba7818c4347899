using System.Globalization;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Components.Admin;

/// <summary>A limit as it is typed: a number, or a tick at "Unlimited".</summary>
public sealed class SeatsInput
{
    public static readonly string Sentence =
        string.Create(CultureInfo.InvariantCulture, $"The limit must be a whole number from 1 to {SessionLimit.Most}, or unlimited.");

    public string? Text { get; set; } = "";

    public bool Unlimited { get; set; }

    public static SeatsInput Of(int? seats) =>
        new() { Text = seats?.ToString(CultureInfo.InvariantCulture) ?? "", Unlimited = seats is null };

    /// <param name="seats">Null means unlimited.</param>
    /// <returns>False when what was typed is no limit; <see cref="Sentence"/> says so.</returns>
    public bool TryRead(out int? seats)
    {
        seats = null;
        if (Unlimited)
        {
            return true;
        }

        var read = int.TryParse(Text?.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= SessionLimit.Most;
        seats = read ? number : null;
        return read;
    }
}
