using System.Globalization;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>Writes the mails about sessions that somebody else ended: the limit, for a newcomer, or an administrator.</summary>
public static class SessionEndedMail
{
    private const int Longest = 10;

    /// <param name="newcomer">The sign-in that they made room for: what “This wasn't me” is about.</param>
    public static MailContent ForLimit(
        string account, IReadOnlyList<Session> ended, Session newcomer, string? zone, Uri notMe, Uri sessions) => new(
        $"A session made room for a sign-in from {MailText.Unlinked(newcomer.Device.Name)}",
        $"Your account {MailText.Address(account)} was signed in to, and your role allows only so many sessions at once. {Subject(ended.Count)} the least recently used, and ended.")
    {
        Facts =
        [
            .. ended.Take(Longest).Select(s => ("Ended", Words(s, zone))),
            ("New sign-in", $"{MailText.Unlinked(newcomer.Device.Name)}, {NewSignInMail.PlaceWords(newcomer.Place)}"),
            ("IP address", NewSignInMail.Address(newcomer.IpAddress ?? "unknown")),
            ("Time", MailTime.Words(newcomer.StartedAt, zone)),
        ],
        Button = ("This wasn't me", notMe),
        Advice = ["If you signed in there, there is nothing to do.", NewSignInMail.NotMeAdvice],
        SecondLink = ("Your active sessions", sessions),
        Footer = "You get this mail because a session ended that you had not signed out of.",
    };

    /// <param name="limitLowered">They ended because fewer are allowed now; else an administrator ended just these.</param>
    public static MailContent ByAdministrator(
        string account, IReadOnlyList<Session> ended, bool limitLowered, DateTimeOffset at, string? zone, Uri notMe, Uri sessions) => new(
        ended.Count == 1 ? "An administrator ended one of your sessions" : string.Create(CultureInfo.InvariantCulture, $"An administrator ended {ended.Count} of your sessions"),
        limitLowered
            ? $"Fewer sessions at once are allowed for your account {MailText.Address(account)} now, and what was over the new number ended."
            : $"An administrator of the site signed your account {MailText.Address(account)} out.")
    {
        Facts =
        [
            ("Time", MailTime.Words(at, zone)),
            .. ended.Take(Longest).Select(s => ("Ended", Words(s, zone))),
            .. ended.Count > Longest ? [("And", $"{ended.Count - Longest} more")] : Array.Empty<(string, string)>(),
        ],
        Button = ("I did not sign in there", notMe),
        Advice =
        [
            "You can sign in again, unless you are told otherwise. If you do not know why this was done, ask the administrator.",
            $"If one of these sign-ins was not you, the button reports {(ended.Count == 1 ? "it" : "the first of them")}, and from there you choose a new password. The link works for 7 days.",
        ],
        SecondLink = ("Your active sessions", sessions),
        Footer = "You get this mail because a session ended that you had not signed out of.",
    };

    /// <summary>The notice in one line.</summary>
    public static string Line(IReadOnlyList<Session> ended, bool byAdministrator) =>
        $"{(ended.Count == 1 ? "Session" : $"{ended.Count} sessions")} ended {(byAdministrator ? "by an administrator" : "to make room")}: {MailText.Unlinked(ended[0].Device.Name)}";

    private static string Subject(int count) => count == 1 ? "This session was" : "These sessions were";

    private static string Words(Session session, string? zone) =>
        $"{MailText.Unlinked(session.Device.Name)}, {MailText.Unlinked(session.Place.Text)}, signed in {MailTime.Words(session.StartedAt, zone)}";
}
