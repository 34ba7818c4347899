using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using CsvHelper;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Components.My;

/// <summary>The sign-in history as a file for its owner, filtered like the page it is asked for on. Each time is written down.</summary>
public static class HistoryFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it is a file, in no page: names stay readable
    };

    public static void MapHistoryFiles(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/sessions/history.csv", (HttpContext http, SignInHistory history, IDbContextFactory<PortalDbContext> databases, TimeProvider clock, string? show, string? text) =>
            WriteAsync(http, history, databases, clock, show, text, "csv", "text/csv", Csv)).RequireAuthorization().ExcludeFromDescription();
        endpoints.MapGet("/sessions/history.json", (HttpContext http, SignInHistory history, IDbContextFactory<PortalDbContext> databases, TimeProvider clock, string? show, string? text) =>
            WriteAsync(http, history, databases, clock, show, text, "json", MediaTypeNames.Application.Json, lines => JsonSerializer.SerializeToUtf8Bytes(lines, Json)))
            .RequireAuthorization().ExcludeFromDescription();
    }

    private static async Task<FileContentHttpResult> WriteAsync(
        HttpContext http, SignInHistory history, IDbContextFactory<PortalDbContext> databases, TimeProvider clock,
        string? show, string? text, string format, string type, Func<IReadOnlyList<HistoryLine>, byte[]> write)
    {
        var by = http.User.ToActor(ClientReader.Address(http)?.ToString());
        var now = clock.GetUtcNow();
        var entries = await history.ReadAsync(by.UserId!, http.RequestAborted);
        SignInHistory.TryReadFilter(show, out var filter);
        List<HistoryLine> lines = [.. entries.Where(e => e.IsShown(filter, text)).Select(e => HistoryLine.Of(e, now, id => SignInHistory.Find(entries, id)))];
        await using var db = await databases.CreateDbContextAsync(http.RequestAborted);
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.HistoryExported, by, now, subject: by.UserId, reason: $"{lines.Count} lines, {format}"));
        await db.SaveChangesAsync(http.RequestAborted);
        return TypedResults.File(write(lines), type, $"sign-in-history.{format}");
    }

    private static byte[] Csv(IReadOnlyList<HistoryLine> lines)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using var csv = new CsvWriter(text, CsvRules.NoFormulas());
        csv.WriteRecords(lines);
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

/// <summary>One line of the file, the same in both formats. Times are UTC (ISO 8601).</summary>
/// <param name="Method">Null where nobody was signed in.</param>
internal sealed record HistoryLine(
    string At, string Device, string? Browser, string? Method, string Place, string IpAddress, string Unusual, string Outcome, string? EndedAt)
{
    public static HistoryLine Of(HistoryEntry e, DateTimeOffset now, Func<SessionId, SessionView?> find) => new(
        Text(e.At), e.Device, e.Session?.Device.Name, e.Session?.Method.Name(), e.Where, e.IpAddress, e.Unusual, e.Outcome(now, find),
        e.EndedAt(now) is { } ended ? Text(ended) : null);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
