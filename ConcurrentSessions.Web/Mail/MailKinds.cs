namespace ConcurrentSessions.Web.Mail;

/// <summary>What mails are about, in the portal's words: for the outbox, the panel and the audit trail.</summary>
public static class MailKinds
{
    public const string Confirmation = "address confirmation";
    public const string Reset = "password reset";
    public const string AlreadyRegistered = "already registered";
    public const string NewSignIn = "new sign-in";
    public const string SessionEnded = "session ended";
    public const string SignInReported = "sign-in reported";
    public const string ResetAfterReport = "password reset after a report";
    public const string Digest = "digest";

    /// <summary>Anybody who knows an address can cause these; at most three an hour reach it.</summary>
    internal static readonly string[] AskedFor = [Confirmation, Reset, AlreadyRegistered];

    /// <summary>Whoever has a password can cause these in any number; what is over the budget comes in a digest.</summary>
    internal static readonly string[] Notices = [NewSignIn, SessionEnded, SignInReported];
}
