using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>The section <c>Privacy</c> of the settings.</summary>
public sealed class PrivacySettings
{
    /// <summary>How many days the IP addresses of sessions and audit events are kept whole, 1 to 3650; then only their network is.</summary>
    public int IpAddressDays { get; init; } = 90;
}

internal sealed class PrivacySettingsCheck : IValidateOptions<PrivacySettings>
{
    public ValidateOptionsResult Validate(string? name, PrivacySettings options) => options.IpAddressDays is >= 1 and <= 3650
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Privacy:IpAddressDays is '{options.IpAddressDays}'; it must be a whole number of days from 1 to 3650.");
}
