using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>The section <c>Passwords</c> of the settings.</summary>
public sealed class PasswordSettings
{
    /// <summary>Rounds of PBKDF2-HMAC-SHA512 for a password (ASVS 11.4.2). Hashes made with fewer are made anew at the next sign-in.</summary>
    public int HashIterations { get; init; } = 100_000;
}

internal sealed class PasswordSettingsCheck(IHostEnvironment environment) : IValidateOptions<PasswordSettings>
{
    private const int Most = 10_000_000;

    public ValidateOptionsResult Validate(string? name, PasswordSettings options)
    {
        var least = environment.IsProduction() ? 100_000 : 1_000;
        return options.HashIterations >= least && options.HashIterations <= Most
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Passwords:HashIterations is '{options.HashIterations}'; it must be a whole number from {least} to {Most}.");
    }
}
