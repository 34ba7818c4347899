using System.Globalization;

namespace ConcurrentSessions.Web.Mail;

/// <summary>What the mails about an account say.</summary>
internal static class AccountMailTexts
{
    private const string Ignore = "If you did not ask for this, ignore this mail: nothing changes without the link.";

    public static MailContent Confirm(string address, Uri link) => new(
        "Confirm your address",
        $"Somebody, presumably you, gave {address} as the address of an account. Confirm that it is yours.")
    {
        Button = ("Confirm this address", link),
        Advice = ["The link works for 24 hours.", Ignore],
    };

    public static MailContent ResetLink(string address, Uri link) => new(
        "Reset your password",
        $"Somebody, presumably you, asked for a new password for the account {address}.")
    {
        Button = ("Choose a new password", link),
        Advice = ["The link works once, within one hour.", Ignore],
    };

    public static MailContent ResetCode(string address, string code) => new(
        "Reset your password",
        $"Somebody, presumably you, asked for a new password for the account {address}. Enter this code where it is asked for.")
    {
        Facts = [("Code", code)],
        Advice = ["The code works once, within one hour. Never tell it to anybody.", "If you did not ask for this, ignore this mail: nothing changes without the code."],
    };

    public static MailContent AlreadyRegistered(string address, Uri signIn, Uri reset) => new(
        "You already have an account",
        $"Somebody, presumably you, tried to register {address}, which has an account already. Nothing was changed.")
    {
        Button = ("Sign in", signIn),
        Advice = ["If you have forgotten your password, choose a new one with the link below. If it was not you, there is nothing to do."],
        SecondLink = ("Forgot your password?", reset),
    };

    public static MailContent PasswordChanged(string address, DateTimeOffset at, Uri reset) => new(
        "Your password was changed",
        $"The password of the account {address} was changed. All other devices were signed out.")
    {
        Facts = [("Time", Utc(at))],
        Advice = ["If this was you, there is nothing to do.", "If not, choose a new password at once; that signs out whoever did it."],
        Button = ("Choose a new password", reset),
    };

    public static MailContent EmailChanged(string oldAddress, string newAddress, DateTimeOffset at, Uri site) => new(
        "Your address was changed",
        "The address of your account was changed. You sign in with the new one from now on.")
    {
        Facts = [("Old address", oldAddress), ("New address", newAddress), ("Time", Utc(at))],
        Advice = ["If this was you, there is nothing to do.", "If not, tell the administrator of the site at once."],
        SecondLink = ("Open the site", site),
    };

    private static string Utc(DateTimeOffset at) => at.ToUniversalTime().ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
