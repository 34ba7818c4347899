using System.Globalization;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.Users;
using CsvHelper;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Components.Admin;

/// <summary>What the explorer shows, over all its pages, as a file (RFC 4180).</summary>
internal static class SessionsCsv
{
    public static void MapSessionsExport(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/admin/sessions/export", ExportAsync).RequireAuthorization(Policies.Inspect).ExcludeFromDescription();

    private static async Task<IResult> ExportAsync(
        HttpContext context, SessionExplorer explorer, IDbContextFactory<PortalDbContext> databases, TimeProvider clock)
    {
        var query = SessionQuery.Read(context.Request.QueryString.Value);
        if (query.Filter() is not { } filter)
        {
            return TypedResults.BadRequest(query.Problem);
        }

        // Written down before the first byte leaves: also a file that broke off was seen.
        var now = clock.GetUtcNow();
        var by = context.User.ToActor(ClientReader.Address(context)?.ToString());
        await using (var db = await databases.CreateDbContextAsync(context.RequestAborted))
        {
            db.AuditEvents.Add(AuditEvent.Of(ExplorerEvents.Exported, by, now, reason: ExplorerEvents.Cut($"CSV of {filter}")));
            await db.SaveChangesAsync(context.RequestAborted);
        }

        return TypedResults.Stream(
            to => WriteAsync(to, explorer.AllAsync(filter, query.Order, context.RequestAborted)), "text/csv; charset=utf-8",
            string.Create(CultureInfo.InvariantCulture, $"sessions-{now.UtcDateTime:yyyyMMdd-HHmmss}.csv"));
    }

    private static async Task WriteAsync(Stream to, IAsyncEnumerable<SessionOfUser> sessions)
    {
        await using var text = new StreamWriter(to, leaveOpen: true);
        await using var csv = new CsvWriter(text, CsvRules.NoFormulas(), leaveOpen: true);
        csv.WriteHeader<Line>();
        await csv.NextRecordAsync();
        await foreach (var session in sessions)
        {
            csv.WriteRecord(Line.Of(session));
            await csv.NextRecordAsync();
        }
    }

    private sealed record Line(
        Guid Id, string User, string Device, string Browser, string System, string Type, string? City, string? Region, string? Country,
        string? IpAddress, string SignedInWith, bool Remembered, string SignedIn, string LastActive, string? Ended, string? WhyEnded)
    {
        public static Line Of(SessionOfUser row) => new(
            row.Session.Id.Value, row.Owner, row.Session.DeviceName, row.Session.Device.Browser, row.Session.Device.System, $"{row.Session.Device.Type}",
            row.Session.Place.City, row.Session.Place.Region, row.Session.Place.Country, row.Session.IpAddress, $"{row.Session.Method}",
            row.Session.Remembered, Utc(row.Session.StartedAt), Utc(row.Session.LastSeenAt),
            row.Session.EndedAt is { } ended ? Utc(ended) : null, row.Session.EndReason?.ToString());

        private static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
    }
}
