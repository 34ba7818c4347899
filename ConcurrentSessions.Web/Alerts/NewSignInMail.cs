using System.Globalization;
using System.Net;
using System.Numerics;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Risk;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>
/// What the mail about a new sign-in is made of. The device is a <see cref="DeviceDescription.Name"/>, never the raw User-Agent;
/// the method is in words, like "password and authenticator app"; by the reference an administrator finds the sign-in.
/// </summary>
public sealed record NewSignInNotice(
    string Site, string Account, DateTimeOffset At, string Device, Place Place, string IpAddress, string Method,
    RiskReasons Reasons, Uri SessionsLink, Uri ResetLink, string Reference);

/// <summary>Writes the mail about a sign-in from a device or place not seen before (ASVS 6.3.5).</summary>
public static class NewSignInMail
{
    private const RiskReasons New = RiskReasons.NewDevice | RiskReasons.NewPlace;

    public static MailText For(NewSignInNotice notice) => MailLayout.LayOut(new(
        $"New sign-in to your account from {Unlinked(notice.Device)}",
        $"Your account {notice.Account} at {notice.Site} was signed in to {What(notice)}.")
    {
        Facts =
        [
            ("Time", Time(notice)),
            ("Device", Unlinked(notice.Device)),
            ("Place", $"{Unlinked(notice.Place.Text)}{(notice.Place.IsKnown ? " (roughly, by its IP address)" : "")}"),
            ("IP address", Address(notice.IpAddress)),
            ("Signed in with", Unlinked(notice.Method)),
            ("Reference", Unlinked(notice.Reference)),
        ],
        Advice =
        [
            "If this was you, there is nothing to do.",
            "If not: end the session under \"Your active sessions\", then change your password. If you cannot sign in, ask for a new password instead.",
        ],
        Button = ("Your active sessions", notice.SessionsLink),
        SecondLink = ("Ask for a new password", notice.ResetLink),
        Footer = $"You get this mail because {Why(notice)}. Sent by {notice.Site}.",
    });

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

    private static string Time(NewSignInNotice notice)
    {
        var utc = notice.At.ToUniversalTime();
        var text = Format(utc, "d MMMM yyyy, HH:mm 'UTC'");
        if (notice.Place.TimeZone is not { } name || !TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            return text;
        }

        var there = TimeZoneInfo.ConvertTime(utc, zone);
        return $"{text} ({Format(there, there.Date == utc.Date ? "HH:mm" : "d MMMM, HH:mm")} there)";
    }

    private static string Format(DateTimeOffset at, string format) => at.ToString(format, CultureInfo.InvariantCulture);

    // A real address stays as it is; anything else that came in its place is foreign text.
    private static string Address(string text) => IPAddress.TryParse(text, out var address) ? address.ToString() : Unlinked(text);

    private static string Unlinked(string text) => MailText.Unlinked(text);
}
