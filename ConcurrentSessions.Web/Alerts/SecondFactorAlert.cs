using System.Net;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.SignIn;

namespace ConcurrentSessions.Web.Alerts;

/// <summary>Promises a mail, in the transaction of what happened, when a recovery code is used or somebody knows the password and not the code.</summary>
public sealed class SecondFactorAlert(MailPost post, PublicLinks links, TimeProvider clock) : ISecondFactorObserver
{
    public void RecoveryCodeUsed(PortalDbContext db, PortalUser user, int left, IPAddress? from) => Promise(db, user, "recovery code used", new(
        "A recovery code was used",
        $"A recovery code was used to sign in to the account {user.Email}. {Left(left)}")
    {
        Facts = Facts(from),
        Advice =
        [
            "If this was you, there is nothing more to do, unless you have lost your authenticator app: then set it up anew.",
            "If not, somebody has your password and your codes: choose a new password at once, then make new recovery codes.",
        ],
        Button = ("Two-factor sign-in", links.To("/Account/Manage/TwoFactorAuthentication")),
        SecondLink = ("Ask for a new password", links.To("/Account/ForgotPassword")),
    });

    public void SecondFactorMissed(PortalDbContext db, PortalUser user, int wrong, IPAddress? from) => Promise(db, user, "second factor failed", new(
        "Somebody knows your password",
        $"Somebody entered the right password of the account {user.Email} and then {(wrong == 1 ? "a wrong code" : $"{wrong} wrong codes")}. That did not sign them in.")
    {
        Facts = Facts(from),
        Advice =
        [
            "If this was you, check that the clock of your phone is right, or use a recovery code.",
            "If not, choose a new password at once: only your authenticator app has kept them out.",
        ],
        Button = ("Choose a new password", links.To("/Account/ForgotPassword")),
    });

    private static string Left(int left) => left switch
    {
        0 => "It was the last one: make new ones now.",
        1 => "One is left: make new ones soon.",
        _ => $"{left} are left.",
    };

    private (string Label, string Value)[] Facts(IPAddress? from) =>
    [
        ("Time", MailTime.Words(clock.GetUtcNow(), null)),
        ("IP address", from?.ToString() ?? "unknown"),
    ];

    private void Promise(PortalDbContext db, PortalUser user, string kind, MailContent content)
    {
        if (user.Email is not { } address)
        {
            return;
        }

        post.Promise(db, new(kind, address, user.Id, content, clock.GetUtcNow()));
    }
}
