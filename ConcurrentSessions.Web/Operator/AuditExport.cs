using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using CsvHelper;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Operator;

/// <summary>Writes the whole trail, oldest first.</summary>
internal static class AuditExport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteJsonLinesAsync(PortalDbContext db, TextWriter output, CancellationToken ct)
    {
        await foreach (var line in ReadAsync(db).WithCancellation(ct))
        {
            await output.WriteLineAsync(JsonSerializer.Serialize(line, Json));
        }
    }

    public static async Task WriteCsvAsync(PortalDbContext db, TextWriter output, CancellationToken ct)
    {
        await using var csv = new CsvWriter(output, CsvRules.NoFormulas(), leaveOpen: true);
        csv.WriteHeader<AuditLine>();
        await csv.NextRecordAsync();
        await foreach (var line in ReadAsync(db).WithCancellation(ct))
        {
            csv.WriteRecord(line);
            await csv.NextRecordAsync();
        }
    }

    private static IAsyncEnumerable<AuditLine> ReadAsync(PortalDbContext db) =>
        db.AuditEvents.AsNoTracking().OrderBy(e => e.Sequence).AsAsyncEnumerable().Select(AuditLine.Of);
}

/// <summary>One exported event; words, so that both formats write the same.</summary>
internal sealed record AuditLine(
    long Sequence, string At, string Name, string Outcome, string ActorKind, string? ActorId, Guid? ActorSessionId,
    string? IpAddress, string? SubjectId, Guid? SessionId, string? Reason)
{
    public static AuditLine Of(AuditEvent e) => new(
        e.Sequence, e.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), e.Name, $"{e.Outcome}", $"{e.ActorKind}", e.ActorId,
        e.ActorSessionId, e.Origin, e.SubjectId, e.SessionId, e.Reason);
}
