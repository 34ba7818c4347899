using System.Net;
using System.Numerics;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Risk;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>
/// What the mail about a new sign-in is made of. The device is a <see cref="DeviceDescription.Name"/>, never the raw User-Agent;
/// the method is in words, like "password and authenticator app".
/// </summary>
/// <param name="Zone">Of the person, in the IANA time zone database; null where it is not known.</param>
/// <param name="MadeRoom">Devices whose sessions ended to make room for it.</param>
public sealed record NewSignInNotice(
    string Site, string Account, DateTimeOffset At, string? Zone, string Device, Place Place, string IpAddress, string Method,
    RiskReasons Reasons, IReadOnlyList<string> MadeRoom, Uri NotMeLink, Uri SessionsLink);

/// <summary>Writes the mail about a sign-in from a device or place not seen before (ASVS 6.3.5).</summary>
public static class NewSignInMail
{
    private const RiskReasons New = RiskReasons.NewDevice | RiskReasons.NewPlace;

    public static MailContent For(NewSignInNotice notice) => new(
        $"New sign-in to your account from {Unlinked(notice.Device)}",
        $"Your account {MailText.Address(notice.Account)} at {notice.Site} was signed in to {What(notice)}.")
    {
        Facts =
        [
            ("Time", MailTime.Words(notice.At, notice.Zone)),
            ("Device", Unlinked(notice.Device)),
            ("Place", PlaceWords(notice.Place)),
            ("IP address", Address(notice.IpAddress)),
            ("Signed in with", Unlinked(notice.Method)),
            .. notice.MadeRoom.Count > 0 ? [("Signed out to make room", string.Join("; ", notice.MadeRoom.Select(Unlinked)))] : Array.Empty<(string, string)>(),
        ],
        Button = ("This wasn't me", notice.NotMeLink),
        Advice = ["If this was you, there is nothing to do.", NotMeAdvice],
        SecondLink = ("Your active sessions", notice.SessionsLink),
        Footer = $"You get this mail because {Why(notice)}.",
    };

    /// <summary>The notice in one line.</summary>
    public static string Line(Session session) =>
        $"Sign-in from {Unlinked(session.Device.Name)}, {Unlinked(session.Place.Text)}, {Address(session.IpAddress ?? "IP address unknown")}";

    internal const string NotMeAdvice =
        "If not, press “This wasn't me”: it ends that session, and from there you sign out everywhere and choose a new password. The link works for 7 days.";

    internal static string PlaceWords(Place place) => $"{Unlinked(place.Text)}{(place.IsKnown ? " (roughly, by its IP address)" : "")}";

    // A real address stays as it is; anything else that came in its place is foreign text.
    internal static string Address(string text) => IPAddress.TryParse(text, out var address) ? address.ToString() : Unlinked(text);

    private static string What(NewSignInNotice notice) => (notice.Reasons & New) switch
    {
        New => "from a new device in a new place",
        RiskReasons.NewPlace => "from a new place",
        RiskReasons.NewDevice => "from a new device",
        _ => notice.Reasons is RiskReasons.None ? "as usual" : "in an unusual way",
    };

    private static string Why(NewSignInNotice notice)
    {
        string[] reasons =
        [
            .. (notice.Reasons & New) switch
            {
                New => ["neither this device nor this place was used for your account before"],
                RiskReasons.NewPlace => ["this place was not used for your account before"],
                RiskReasons.NewDevice => ["this device was not used for your account before"],
                _ => Array.Empty<string>(),
            },
            .. notice.Reasons.Sentences().Skip(BitOperations.PopCount((uint)(notice.Reasons & New))),
        ];
        return reasons.Length == 0 ? "your role asks for one at every sign-in" : string.Join("; ", reasons);
    }

    private static string Unlinked(string text) => MailText.Unlinked(text);
}
