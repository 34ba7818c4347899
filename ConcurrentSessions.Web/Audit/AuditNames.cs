namespace ConcurrentSessions.Web.Audit;

/// <summary>Names of audit events, from the OWASP Logging Vocabulary where it has one.</summary>
public static class AuditNames
{
    public const string SignInSucceeded = "authn_login_success";
    public const string SignInFailed = "authn_login_fail";
    public const string SignInThrottled = "authn_login_throttled";
    public const string SecondFactorFailed = "authn_mfa_fail";
    public const string SecondFactorSpent = "authn_mfa_fail_max";
    public const string SecondFactorTurnedOn = "authn_mfa_enabled";
    public const string SecondFactorTurnedOff = "authn_mfa_disabled";
    public const string RecoveryCodesMade = "authn_recovery_codes_created";
    public const string RecoveryCodeUsed = "authn_recovery_code_used";
    public const string Reauthenticated = "authn_reauthenticated";
    public const string PasswordChanged = "authn_password_change";
    public const string PasswordVoided = "authn_password_reset_forced";
    public const string CredentialsChanged = "authn_credentials_changed";
    public const string SessionCreated = "session_created";
    public const string SessionRenewed = "session_renewed";
    public const string SessionEnded = "session_ended";
    public const string SessionExpired = "session_expired";
    public const string SessionUsedAfterEnd = "session_use_after_expire";
    public const string SessionKept = "session_kept";
    public const string SessionKeptNoMore = "session_kept_no_more";
    public const string SessionLimitReached = "excess_sessions_exceeded";
    public const string SessionLimitChanged = "session_limit_changed";
    public const string UserLimitChanged = "user_limit_changed";
    public const string SessionsPurged = "sessions_purged";
    public const string AddressesShortened = "ip_addresses_shortened";
    public const string PersonalDataExported = "personal_data_exported";
    public const string DeviceRenamed = "device_renamed";
    public const string DeviceForgotten = "device_forgotten";
    public const string PlaceCalledUsual = "place_called_usual";
    public const string PlaceCalledUsualNoMore = "place_called_usual_no_more";
    public const string HistoryExported = "sign_in_history_exported";
    public const string UserCreated = "user_created";
    public const string UserUpdated = "user_updated";
    public const string UserDisabled = "user_disabled";
    public const string UserEnabled = "user_enabled";
    public const string UserDeleted = "user_deleted";
    public const string SignInReported = "sign_in_reported";
    public const string SignInContained = "sign_in_contained";
    public const string RoleGranted = "authz_change_granted";
    public const string RoleRevoked = "authz_change_revoked";
    public const string AccessRefused = "authz_fail";
    public const string ForeignOrigin = "malicious_cors";
    public const string ForeignObject = "malicious_direct_reference";
    public const string FormRefused = "input_validation_fail";
    public const string TooManyRequests = "excess_rate_limit_exceeded";
    public const string MailSent = "mail_sent";
    public const string MailFailed = "mail_failed";
    public const string MailRetried = "mail_retried";
    public const string DatabaseRestored = "database_restored";
    public const string SensitiveRead = "sensitive_read";
    public const string SetUpLinkMade = "setup_link_created";
}
