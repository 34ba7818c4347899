using System.Globalization;
using ConcurrentSessions.Web.Audit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ConcurrentSessions.Web.Api;

/// <summary>The audit trail, for programs.</summary>
internal static class AuditApi
{
    public static void MapAuditApi(this RouteGroupBuilder admin)
    {
        admin.MapGet("/audit", ReadAsync).WithName("ReadAudit").WithSummary("The audit trail, newest first")
            .WithDescription("user: actor or subject. from and until: times or days (ISO 8601, UTC), until is not included. text: part of the reason, "
                + "address or browser, or the id of a session.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        admin.MapGet("/audit/export", Export).WithName("ExportAudit").WithSummary("The whole trail as a file, oldest first; format: jsonl or csv")
            .WithDescription("The export is itself an event of the trail. docs/audit.md describes the file and how to check it.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<Page<AuditJson>>, ProblemHttpResult>> ReadAsync(
        [AsParameters] AuditQuery query, AuditTrail trail, CancellationToken ct)
    {
        var badLimit = PageQuery.Read(query.Limit, out var most);
        if ((query.Read(out var filter, out var before) ?? badLimit) is { } problem)
        {
            return ApiAnswers.BadRequest(problem);
        }

        var entries = await trail.ReadAsync(filter, before, most, ct);
        return TypedResults.Ok(new Page<AuditJson>(
            [.. entries.Select(AuditJson.Of)],
            entries.Count == most ? entries[^1].Event.Sequence.ToString(CultureInfo.InvariantCulture) : null));
    }

    private static Results<PushStreamHttpResult, ProblemHttpResult> Export(string? format, HttpContext http, AuditExport export, TimeProvider clock)
    {
        if (format is not ("jsonl" or "csv"))
        {
            return ApiAnswers.BadRequest("format must be jsonl or csv.");
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"audit-{clock.GetUtcNow():yyyyMMdd-HHmmss}.{format}");
        var (by, ct) = (http.Caller(), http.RequestAborted);
        return TypedResults.Stream(async body =>
        {
            await using var text = new StreamWriter(body, leaveOpen: true);
            await (format == "csv" ? export.WriteCsvAsync(text, by, ct) : export.WriteJsonLinesAsync(text, by, ct));
        }, format == "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson", name);
    }
}

/// <summary>What is asked of the trail. Read by hand, so that nonsense gets a sentence.</summary>
internal sealed record AuditQuery(
    string? Cursor, string? Limit, string? Name, string? User, string? Actor, string? Outcome, string? From, string? Until, string? Text)
{
    private const string BadTime = "must be a time or a day like 2026-11-23T09:30:00Z or 2026-11-23.";

    /// <returns>One sentence on what is wrong, or null.</returns>
    public string? Read(out AuditFilter filter, out long? before)
    {
        before = long.TryParse(Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : null;
        AuditOutcome? outcome = Enum.TryParse<AuditOutcome>(Outcome, ignoreCase: true, out var named) && Enum.IsDefined(named) ? named : null;
        var (from, until) = (AuditTimes.Read(From), AuditTimes.Read(Until));
        filter = new(Name, User, outcome, Actor, from, until, Text);
        return before is null && !string.IsNullOrEmpty(Cursor) ? PageQuery.BadCursor
            : outcome is null && !string.IsNullOrEmpty(Outcome) ? $"outcome must be {string.Join(" or ", Enum.GetNames<AuditOutcome>())}."
            : from is null && !string.IsNullOrEmpty(From) ? $"from {BadTime}"
            : until is null && !string.IsNullOrEmpty(Until) ? $"until {BadTime}"
            : null;
    }
}
