namespace ConcurrentSessions.Web.Sessions;

/// <summary>Why a session ended. The first reason stands.</summary>
public enum EndReason
{
    /// <summary>Signed out in that browser.</summary>
    SignedOut,

    /// <summary>Revoked by the user from another session (ASVS 7.5.2).</summary>
    Revoked,

    /// <summary>Revoked by an administrator (ASVS 7.4.5).</summary>
    RevokedByAdministrator,

    /// <summary>The least recently used, ended by the limit to seat a newcomer.</summary>
    Evicted,

    /// <summary>Chosen by the user, at a sign-in for which there was no seat.</summary>
    ChosenToMakeRoom,

    /// <summary>The same browser signed in again.</summary>
    Replaced,

    /// <summary>Unused for longer than the idle timeout (ASVS 7.3.1).</summary>
    IdleTimeout,

    /// <summary>Reached its absolute lifetime (ASVS 7.3.2).</summary>
    LifetimeReached,

    /// <summary>Password, e-mail address or second factor changed elsewhere (ASVS 7.4.3).</summary>
    CredentialsChanged,

    /// <summary>The account was disabled or locked (ASVS 7.4.2).</summary>
    UserDisabled,

    /// <summary>The account was deleted.</summary>
    UserDeleted,

    /// <summary>The role's limit was lowered and enforced at once.</summary>
    LimitLowered,

    /// <summary>Its user said of a sign-in that it was not them, and this session ended by that.</summary>
    Disowned,

    /// <summary>The database was put back from a backup, in which sessions live that were ended since.</summary>
    DatabaseRestored,
}
