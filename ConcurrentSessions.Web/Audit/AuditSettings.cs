using ConcurrentSessions.Web.Data;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Audit;

/// <summary>The section <c>Audit</c> of the settings.</summary>
public sealed class AuditSettings
{
    internal const int ShortestRetention = 365;

    /// <summary>A PEM file with the private key (EC, P-256) that signs checkpoints, the same on all nodes; public keys of former ones may follow it. In Development it is made when it is not there; empty: nothing is signed.</summary>
    public string SigningKey { get; init; } = "";

    /// <summary>A file, outside the database, to which every checkpoint is appended. Empty: on SQLite beside the database, on PostgreSQL none.</summary>
    public string CheckpointFile { get; init; } = "";

    /// <summary>How often the end of the ledger is signed while it grows, 1 second to 1 hour: so much of its end could be cut off unnoticed.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many days events are kept, 365 to 36500; null: for good.</summary>
    public int? RetentionDays { get; init; }
}

internal sealed class AuditSettingsCheck(IHostEnvironment environment) : IValidateOptions<AuditSettings>
{
    public ValidateOptionsResult Validate(string? name, AuditSettings options)
    {
        var problem = KeyProblem(options.SigningKey)
            ?? (options.CheckpointEvery < TimeSpan.FromSeconds(1) || options.CheckpointEvery > TimeSpan.FromHours(1)
                ? $"Audit:CheckpointEvery is '{options.CheckpointEvery}'; it must be 00:00:01 to 01:00:00."
            : options.RetentionDays is < AuditSettings.ShortestRetention or > 36500
                ? $"Audit:RetentionDays is '{options.RetentionDays}'; it must be a whole number of days from {AuditSettings.ShortestRetention} to 36500, or not set."
            : options is { RetentionDays: not null, SigningKey: "" }
                ? "Audit:RetentionDays is set but Audit:SigningKey is ''; it must name a key: what is removed is replaced by a signed checkpoint."
            : null);
        return problem is null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problem);
    }

    private string? KeyProblem(string file)
    {
        if (file.Length == 0)
        {
            return null;
        }

        var path = DataFolder.Resolve(file);
        try
        {
            if (environment.IsDevelopment())
            {
                SigningKey.MakeWhenMissing(path);
            }

            using var key = SigningKey.Read(path);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException or ArgumentException)
        {
            return $"Audit:SigningKey is '{file}'; it must be a PEM file with an EC private key on P-256 ({failure.Message}).";
        }
    }
}
