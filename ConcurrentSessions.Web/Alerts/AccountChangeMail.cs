using System.Diagnostics;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>Writes the mail about a changed account: what, when, on which device, and what to do when it was somebody else.</summary>
public static class AccountChangeMail
{
    private const string SignedOut = "All other devices were signed out.";

    /// <param name="zone">Of the place it was done in; null where that is not known.</param>
    /// <param name="notMe">Reports the sign-in that it was done in; null where there was none.</param>
    /// <param name="newPassword">Where another password is chosen.</param>
    public static MailContent For(AccountNews news, string? zone, Uri? notMe, Uri newPassword, PublicLinks links)
    {
        var (subject, what) = Words(news);
        var account = MailText.Address(news.FormerEmail ?? news.User.Email ?? news.User.Id);
        return new($"Your {subject}", $"The account {account}: {what}")
        {
            Facts = [.. Facts(news, zone)],
            Advice = OthersDidIt(news.Change) ? [Advice(news, notMe)] : ["If this was you, there is nothing to do.", Advice(news, notMe)],
            Button = notMe is not null ? ("This wasn't me", notMe)
                : HasButton(news.Change) ? ("Choose a new password", newPassword)
                : null,
            SecondLink = ("Open the site", links.Root),
        };
    }

    /// <summary>What the outbox calls it.</summary>
    public static string Kind(AccountChange change) => change switch
    {
        AccountChange.PasswordChanged => "password changed",
        AccountChange.EmailChanged => "address changed",
        _ => "account changed",
    };

    private static (string Subject, string What) Words(AccountNews news) => news.Change switch
    {
        AccountChange.PasswordChanged => ("password was changed", "its password was changed. " + SignedOut),
        AccountChange.PasswordSet => ("account has a password now", "a password was set, where there was none. " + SignedOut),
        AccountChange.EmailChanged => ("address was changed", "its address was changed. You sign in with the new one from now on. " + SignedOut),
        AccountChange.SecondFactorOn => ("two-factor sign-in is on", "two-factor sign-in was turned on. " + SignedOut),
        AccountChange.SecondFactorOff => ("two-factor sign-in is off", "two-factor sign-in was turned off. " + SignedOut),
        AccountChange.RecoveryCodesMade => ("recovery codes were made anew", "new recovery codes were made, and the old ones no longer work. " + SignedOut),
        AccountChange.PasskeyAdded => ("account has a new passkey", "a passkey was added, which signs in to it. " + SignedOut),
        AccountChange.PasskeyRemoved => ("account has a passkey less", "a passkey was removed. " + SignedOut),
        AccountChange.ExternalLoginAdded => ("account has a new way to sign in", "another site was linked, which signs in to it. " + SignedOut),
        AccountChange.ExternalLoginRemoved => ("account has one way less to sign in", "another site, which signed in to it, was unlinked. " + SignedOut),
        AccountChange.DetailsChanged => ("account was changed", "what it knows about you was changed. " + SignedOut),
        AccountChange.PasswordVoided => ("password must be chosen anew", "an administrator made its password void, and all devices were signed out."),
        AccountChange.SecondFactorRemoved => ("second factor was removed", "an administrator removed its authenticator app, recovery codes and passkeys, and all devices were signed out."),
        AccountChange.Disabled => ("account was disabled", "an administrator disabled it, and all devices were signed out."),
        AccountChange.Enabled => ("account was enabled", "an administrator lets it sign in again."),
        AccountChange.RoleGranted => ("role was changed", $"an administrator gave it the role {news.Role}."),
        AccountChange.RoleRevoked => ("role was changed", $"an administrator took the role {news.Role} away."),
        AccountChange.Deleted => ("account was deleted", "it was deleted with its data, and all devices were signed out."),
        var unknown => throw new UnreachableException($"{unknown}"),
    };

    private static IEnumerable<(string, string)> Facts(AccountNews news, string? zone)
    {
        if (news.FormerEmail is { } former)
        {
            yield return ("Old address", MailText.Address(former));
            yield return ("New address", MailText.Address(news.User.Email ?? "none"));
        }

        yield return ("Time", MailTime.Words(news.At, zone));
        yield return ("Device", news.Device is { } device ? MailText.Unlinked(device) : "Not yours: done by the site's administration");
    }

    private static bool OthersDidIt(AccountChange change) =>
        change is AccountChange.PasswordVoided or AccountChange.SecondFactorRemoved or AccountChange.Disabled or AccountChange.Enabled or AccountChange.RoleGranted or AccountChange.RoleRevoked or AccountChange.Deleted;

    private static bool HasButton(AccountChange change) => change is AccountChange.PasswordVoided || (!OthersDidIt(change) && change is not AccountChange.EmailChanged);

    private static string Advice(AccountNews news, Uri? notMe) => news.Change switch
    {
        AccountChange.PasswordVoided => "The link works once, within an hour. After that, ask for another one with “Forgot your password?” on the sign-in page.",
        AccountChange.EmailChanged when notMe is not null =>
            "If not, press “This wasn't me”, which ends the session it was done in, and tell the administrator of the site at once. The link works for 7 days.",
        AccountChange.EmailChanged => "If not, tell the administrator of the site at once.",
        var change when OthersDidIt(change) => "If you did not expect this, ask the administrator of the site.",
        _ when notMe is not null =>
            "If not, press “This wasn't me”: it ends the session it was done in, and from there you sign out everywhere and choose a new password at once. "
            + "Then look through your ways to sign in. The link works for 7 days.",
        _ => "If not, choose a new password at once, which signs out whoever did it, and look through your ways to sign in.",
    };
}
