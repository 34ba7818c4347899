using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.SignIn.Passwords;

/// <summary>The section <c>Passwords</c> of the settings.</summary>
public sealed class PasswordSettings
{
    /// <summary>OWASP's figure for PBKDF2-HMAC-SHA512 (Password Storage Cheat Sheet).</summary>
    public const int Advised = 210_000;

    /// <summary>Rounds of PBKDF2-HMAC-SHA512 for a password (ASVS 11.4.2). Hashes made with fewer are made anew at the next sign-in.</summary>
    public int HashIterations { get; init; } = Advised;
}

internal sealed class PasswordSettingsCheck(IHostEnvironment environment) : IValidateOptions<PasswordSettings>
{
    private const int Most = 10_000_000;

    public ValidateOptionsResult Validate(string? name, PasswordSettings options)
    {
        var least = environment.IsProduction() ? PasswordSettings.Advised : 1_000;
        return options.HashIterations >= least && options.HashIterations <= Most
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Passwords:HashIterations is '{options.HashIterations}'; it must be a whole number from {least} to {Most}.");
    }
}
