using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>Adds rows to the transaction that changes how an account is signed in to or what it may do: saved with it, or not at all.</summary>
public interface IAccountObserver
{
    /// <param name="db">The transaction's context; add to it, do not save.</param>
    ValueTask AccountChangedAsync(PortalDbContext db, AccountNews news, CancellationToken ct);
}

/// <param name="User">As it is after the change.</param>
/// <param name="Device">What it was done on, like "Firefox on Linux"; null where an administrator or an operator did it.</param>
/// <param name="Role">Which, where a role was granted or revoked.</param>
/// <param name="FormerEmail">The address until now, where that was changed.</param>
public sealed record AccountNews(
    PortalUser User, AccountChange Change, Actor By, DateTimeOffset At, string? Device = null, string? Role = null, string? FormerEmail = null);

/// <summary>What its owner is told of (ASVS 6.3.7).</summary>
public enum AccountChange
{
    PasswordChanged,

    /// <summary>The first password of an account that had none.</summary>
    PasswordSet,
    EmailChanged,
    SecondFactorOn,
    SecondFactorOff,
    RecoveryCodesMade,
    PasskeyAdded,
    PasskeyRemoved,
    ExternalLoginAdded,
    ExternalLoginRemoved,

    /// <summary>Something else that the security stamp covers, like the phone number.</summary>
    DetailsChanged,
    /// <summary>An administrator made the password void: another one must be chosen by mail.</summary>
    PasswordVoided,

    /// <summary>An administrator removed authenticator app, recovery codes and passkeys.</summary>
    SecondFactorRemoved,
    Disabled,
    Enabled,
    RoleGranted,
    RoleRevoked,
    Deleted,
}
