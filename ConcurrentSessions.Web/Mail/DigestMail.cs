using System.Globalization;
using ConcurrentSessions.Web.Hosting;

namespace ConcurrentSessions.Web.Mail;

/// <summary>Writes the mail that stands for many notices.</summary>
public static class DigestMail
{
    /// <summary>How many it lists; the rest is a number.</summary>
    internal const int Longest = 25;

    /// <param name="held">At least one, the latest first.</param>
    public static MailContent For(IReadOnlyList<HeldNotice> held, PublicLinks links)
    {
        var notMe = held.FirstOrDefault(h => h.NotMe is not null)?.NotMe;
        return new(
            held.Count == 1 ? "One more notice about your account" : string.Create(CultureInfo.InvariantCulture, $"{held.Count:N0} more notices about your account"),
            "So much happened that we stopped sending a mail for each of it. This is what came since, the latest first.")
        {
            Facts = [.. held.Take(Longest).Select(h => (MailTime.Words(h.At, null), h.Line))],
            Advice =
            [
                .. held.Count > Longest ? [string.Create(CultureInfo.InvariantCulture, $"{held.Count - Longest:N0} earlier ones are not listed here. Your sign-in history has them.")] : Array.Empty<string>(),
                "So many notices in a short time are unusual. If this was not you, somebody knows your password: press “This wasn't me”, "
                    + "sign out everywhere and choose a new password there.",
            ],
            Button = notMe is null ? null : ("This wasn't me", new Uri(notMe)),
            SecondLink = ("Your sign-in history", links.To("/sessions/history")),
            Footer = "At most ten single notices are sent to one address in 24 hours; then one digest an hour at most.",
        };
    }
}
