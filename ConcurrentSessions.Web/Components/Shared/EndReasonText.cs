using System.Diagnostics;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Components.Shared;

/// <summary>Why a session ended, in words for people.</summary>
public static class EndReasonText
{
    /// <summary>For a list: "Made room for a sign-in from Firefox on Windows, Lyon, France".</summary>
    /// <param name="reason">Why.</param>
    /// <param name="from">The session of the same user it was ended from, where it is known.</param>
    public static string Words(EndReason reason, SessionView? from = null) => reason switch
    {
        EndReason.SignedOut => "Signed out in that browser",
        EndReason.Revoked => $"Signed out from {Device(from, "another device")}",
        EndReason.RevokedByAdministrator => "Ended by an administrator",
        EndReason.Evicted => $"Made room for a sign-in from {Device(from, "another device")}",
        EndReason.ChosenToMakeRoom => $"Chosen to make room for a sign-in from {Device(from, "another device")}",
        EndReason.Replaced => "The same browser signed in again",
        EndReason.IdleTimeout => "Not used for too long",
        EndReason.LifetimeReached => "Reached the longest time a session may last",
        EndReason.CredentialsChanged => "Password, email address or second factor changed",
        EndReason.UserDisabled => "The account was disabled or locked",
        EndReason.UserDeleted => "The account was deleted",
        EndReason.LimitLowered => "An administrator lowered the number of sessions",
        EndReason.Disowned => "Ended with “This wasn't me”",
        EndReason.DatabaseRestored => "The portal was restored from a backup",
        _ => throw new UnreachableException($"{reason}"),
    };

    /// <summary>For the person whose session it was, who finds it ended.</summary>
    /// <inheritdoc cref="Words" path="/param"/>
    public static string Sentence(EndReason reason, SessionView? from = null) => reason switch
    {
        EndReason.SignedOut => "You signed out in this browser.",
        EndReason.Revoked => $"You were signed out from {Device(from, "another of your devices")}.",
        EndReason.RevokedByAdministrator => "An administrator ended this session.",
        EndReason.Evicted => $"Your account signed in from {Device(from, "another device")}, and this session, the least recently used, "
            + "made room for it: your role allows only so many at once.",
        EndReason.ChosenToMakeRoom => $"Your account signed in from {Device(from, "another device")}, "
            + "and this session was chosen there to make room for it.",
        EndReason.Replaced => "This browser has signed in again; the older session made way for the new one.",
        EndReason.IdleTimeout => "The session was not used for too long.",
        EndReason.LifetimeReached => "The session reached the longest time that it may last.",
        EndReason.CredentialsChanged => "The password, the email address or a second factor of your account was changed on another device.",
        EndReason.UserDisabled => "Your account was disabled or locked. Ask an administrator.",
        EndReason.UserDeleted => "Your account was deleted.",
        EndReason.LimitLowered => "An administrator lowered the number of sessions your role allows at once.",
        EndReason.Disowned => "A sign-in to your account was reported with “This wasn't me”, and this session ended by that.",
        EndReason.DatabaseRestored => "The portal was restored from a backup, so everybody has to sign in again.",
        _ => throw new UnreachableException($"{reason}"),
    };

    /// <summary>What the administrator who ended a session tells its user, as the sentence's own words.</summary>
    public static string With(string words, string? note) => note is null ? words : $"{words.TrimEnd('.')}: “{note}”";

    /// <summary>Somebody who knows the credentials did it: the person should be told what to do when it was not them.</summary>
    public static bool MayBeSomebodyElse(EndReason reason) =>
        reason is EndReason.Revoked or EndReason.Evicted or EndReason.ChosenToMakeRoom or EndReason.CredentialsChanged;

    private static string Device(SessionView? session, string unknown) =>
        session is null ? unknown : session.Place.IsKnown ? $"{session.DeviceName}, {session.Place.Text}" : session.DeviceName;
}
