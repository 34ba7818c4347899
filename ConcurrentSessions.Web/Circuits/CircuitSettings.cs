using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Circuits;

/// <summary>The section <c>Circuits</c> of the settings.</summary>
public sealed class CircuitSettings
{
    /// <summary>Live pages that one user may have open on one node, 1 to 1000.</summary>
    public int PerUser { get; init; } = 50;
}

internal sealed class CircuitSettingsCheck : IValidateOptions<CircuitSettings>
{
    public ValidateOptionsResult Validate(string? name, CircuitSettings options) => options.PerUser is >= 1 and <= 1000
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"Circuits:PerUser is '{options.PerUser}'; it must be a whole number from 1 to 1000.");
}
