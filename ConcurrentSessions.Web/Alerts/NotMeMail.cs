using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>Writes the mails that follow “This wasn't me”: to the administrators, and the link to a new password.</summary>
public static class NotMeMail
{
    public static MailContent ToAdministrator(string account, Session session, DateTimeOffset at, bool byLink, Uri user) => new(
        "A user reported a sign-in as not theirs",
        $"{MailText.Address(account)} says of the sign-in below that it was not them. Its session is over and its device forgotten. "
            + "Somebody may know the password of the account.")
    {
        Facts =
        [
            ("Reported", $"{MailTime.Words(at, null)}, {(byLink ? "with the link of a mail" : "in the portal")}"),
            ("Sign-in", MailTime.Words(session.StartedAt, session.Place.TimeZone)),
            ("Device", MailText.Unlinked(session.Device.Name)),
            ("Place", NewSignInMail.PlaceWords(session.Place)),
            ("IP address", NewSignInMail.Address(session.IpAddress ?? session.IpNetwork ?? "unknown")),
            ("Signed in with", MailText.Unlinked(session.Method.Name())),
        ],
        Button = ("Look at the account", user),
        Advice = ["The audit trail lists what the session did. Look for more sign-ins from that address."],
        Footer = "You get this mail because you are an administrator.",
    };

    public static MailContent NewPassword(string account, Uri link) => new(
        "Choose a new password",
        $"A sign-in to your account {MailText.Address(account)} was reported with “This wasn't me”, and a new password was asked for. "
            + "The old one no longer works, and all devices were signed out.")
    {
        Button = ("Choose a new password", link),
        Advice =
        [
            "The link works once, within one hour. Later, ask for another under “Forgot your password?”.",
            "Do you use the old password elsewhere? Then change it there, too.",
        ],
        Footer = "You get this mail because of the report.",
    };

    /// <summary>The notice to administrators in one line.</summary>
    public static string Line(string account, Session session) =>
        $"{MailText.Address(account)} reported a sign-in from {MailText.Unlinked(session.Device.Name)}, {MailText.Unlinked(session.Place.Text)}";
}
