using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.Components.My;

/// <summary>What a person is told after signing in: the sign-in before this one, and what failed since (NIST SP 800-53 AC-9).</summary>
/// <param name="Previous">Null at the first sign-in.</param>
/// <param name="FailuresSince">Failed attempts after <paramref name="Previous"/>, the latest first.</param>
/// <param name="ChangesSince">What changed about the account's security after <paramref name="Previous"/>, the latest first.</param>
public sealed record LastSignIn(SessionView? Previous, IReadOnlyList<AuditEvent> FailuresSince, IReadOnlyList<AuditEvent> ChangesSince)
{
    public static LastSignIn Before(
        SessionView current, IEnumerable<SessionView> history, IEnumerable<AuditEvent> failures, IEnumerable<AuditEvent> changes)
    {
        var previous = history.Where(s => s.StartedAt < current.StartedAt).MaxBy(s => s.StartedAt);
        return new(previous, Since(failures, previous), Since(changes, previous));
    }

    /// <summary>A change of the account's security, in words: "Password changed".</summary>
    public static string Words(AuditEvent change) => change.Name switch
    {
        AuditNames.CredentialsChanged => Words(change.Reason),
        AuditNames.SecondFactorTurnedOn => "Second factor turned on",
        AuditNames.SecondFactorTurnedOff => "Second factor turned off",
        AuditNames.RecoveryCodesMade => "New recovery codes made",
        AuditNames.RecoveryCodeUsed => "A recovery code was used",
        AuditNames.PasswordChanged => "Password changed",
        AuditNames.RoleGranted => $"Role given: {change.Reason}",
        AuditNames.RoleRevoked => $"Role taken away: {change.Reason}",
        AuditNames.UserDisabled => "Account disabled",
        AuditNames.UserEnabled => "Account enabled",
        AuditNames.DeviceForgotten => $"Device forgotten: {change.Reason}",
        AuditNames.PlaceCalledUsual => $"Called usual: {change.Reason}",
        _ => $"No longer called usual: {change.Reason}",
    };

    private static string Words(string? change) => Enum.TryParse<AccountChange>(change, out var known)
        ? known switch
        {
            AccountChange.PasswordChanged => "Password changed",
            AccountChange.PasswordSet => "Password set",
            AccountChange.EmailChanged => "Email address changed",
            AccountChange.SecondFactorOn => "Second factor turned on",
            AccountChange.SecondFactorOff => "Second factor turned off",
            AccountChange.RecoveryCodesMade => "New recovery codes made",
            AccountChange.PasskeyAdded => "Passkey added",
            AccountChange.PasskeyRemoved => "Passkey removed",
            AccountChange.ExternalLoginAdded => "Other site linked",
            AccountChange.ExternalLoginRemoved => "Other site unlinked",
            _ => "Account details changed",
        }
        : "Account details changed";

    private static List<AuditEvent> Since(IEnumerable<AuditEvent> events, SessionView? previous) =>
        [.. events.Where(e => previous is null || e.At > previous.StartedAt)];
}
