using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper.Configuration.Attributes;

namespace ConcurrentSessions.Web.Audit;

internal static class LedgerJson
{
    /// <summary>A line is one object; what is null is left out.</summary>
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}

/// <summary>
/// One exported event; words, so that both formats write the same. What only a check needs is in JSON alone, bytes as hexadecimal digits.
/// </summary>
/// <param name="Number">Its place in the ledger; 0 when it has none, as nothing that the portal wrote.</param>
internal sealed record EventLine(
    long Number, string At, string Name, string Outcome, string ActorKind, string? ActorId, Guid? ActorSessionId,
    string? IpAddress, string? IpNetwork, string? UserAgent, string? SubjectId, Guid? SessionId, string? Reason,
    [property: Ignore] string? OriginSalt, [property: Ignore] string? OriginCommitment,
    [property: Ignore] string? ReasonSalt, [property: Ignore] string? ReasonCommitment, string Hash)
{
    [Ignore, JsonPropertyOrder(-1)]
    public string Type { get; } = "event";

    public static EventLine Of(ChainLink? link, AuditEvent e) => new(
        link?.Number ?? 0, Canonical.Time(e.At), e.Name, $"{e.Outcome}", $"{e.ActorKind}", e.ActorId, e.ActorSessionId,
        e.IpAddress, e.IpNetwork, e.UserAgent, e.SubjectId, e.SessionId, e.Reason,
        Canonical.Hex(e.OriginSalt), Canonical.Hex(e.OriginCommitment), Canonical.Hex(e.ReasonSalt), Canonical.Hex(e.ReasonCommitment),
        Canonical.Hex(link?.Hash) ?? "");
}

/// <summary>One checkpoint, in an export and in the file beside the database.</summary>
internal sealed record CheckpointLine(string Kind, long Number, string Hash, string At, string KeyId, string Signature)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "checkpoint";

    public static CheckpointLine Of(Checkpoint c) => new(
        $"{c.Kind}", c.Number, Canonical.Hex(c.Hash)!, Canonical.Time(c.At), c.KeyId, Canonical.Hex(c.Signature)!);

    /// <returns>Null when the line is not one whole checkpoint.</returns>
    public static Checkpoint? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<CheckpointLine>(line, LedgerJson.Options) is { Kind: not null, Hash: not null, At: not null, KeyId: not null, Signature: not null } read
                && Enum.TryParse<CheckpointKind>(read.Kind, out var kind)
                && DateTimeOffset.TryParse(read.At, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? new() { Kind = kind, Number = read.Number, Hash = Convert.FromHexString(read.Hash), At = at, KeyId = read.KeyId, Signature = Convert.FromHexString(read.Signature) }
                : null;
        }
        catch (Exception broken) when (broken is JsonException or FormatException)
        {
            return null;
        }
    }
}
