namespace ConcurrentSessions.Web.Mail;

/// <summary>What the mails say that somebody asked for.</summary>
internal static class AccountMailTexts
{
    private const string Ignore = "If you did not ask for this, ignore this mail: nothing changes without the link.";

    public static MailContent Confirm(string address, Uri link) => new(
        "Confirm your address",
        $"Somebody, presumably you, gave {MailText.Address(address)} as the address of an account. Confirm that it is yours.")
    {
        Button = ("Confirm this address", link),
        Advice = ["The link works once, within one hour.", Ignore],
    };

    public static MailContent ResetLink(string address, Uri link) => new(
        "Reset your password",
        $"Somebody, presumably you, asked for a new password for the account {MailText.Address(address)}.")
    {
        Button = ("Choose a new password", link),
        Advice = ["The link works once, within one hour.", Ignore],
    };

    public static MailContent ResetCode(string address, string code) => new(
        "Reset your password",
        $"Somebody, presumably you, asked for a new password for the account {MailText.Address(address)}. Enter this code where it is asked for.")
    {
        Facts = [("Code", code)],
        Advice = ["The code works once, within one hour. Never tell it to anybody.", "If you did not ask for this, ignore this mail: nothing changes without the code."],
    };

    public static MailContent AlreadyRegistered(string address, Uri signIn, Uri reset) => new(
        "You already have an account",
        $"Somebody, presumably you, tried to register {MailText.Address(address)}, which has an account already. Nothing was changed.")
    {
        Button = ("Sign in", signIn),
        Advice = ["If you have forgotten your password, choose a new one with the link below. If it was not you, there is nothing to do."],
        SecondLink = ("Forgot your password?", reset),
    };
}
