using System.Text.Json;
using System.Threading.RateLimiting;

namespace ConcurrentSessions.Web.Hosting;

/// <summary>
/// Takes what browsers report about the Content Security Policy (ASVS 3.4.7). Anybody can write here: at most sixty lines a
/// minute reach the log, cut and cleaned, addresses without their query, which may hold a mailed secret.
/// </summary>
internal sealed class PolicyReports(ILogger<PolicyReports> logger) : IDisposable
{
    public const string Name = "csp";
    public const string Address = "/reports/csp";

    private const int LargestReport = 16 * 1024;
    private const int LongestWord = 200;

    private readonly FixedWindowRateLimiter lines = new(new() { PermitLimit = 60, Window = TimeSpan.FromMinutes(1) });

    public void Dispose() => lines.Dispose();

    public static async Task AnswerAsync(HttpContext context, PolicyReports reports)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        await reports.TakeAsync(context.Request);
    }

    private async Task TakeAsync(HttpRequest request)
    {
        using var line = lines.AttemptAcquire();
        if (!line.IsAcquired || request.ContentLength is null or > LargestReport)
        {
            return;
        }

        try
        {
            using var report = await JsonDocument.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            Write(report.RootElement);
        }
        catch (JsonException)
        {
            logger.LogDebug("A report about the security policy could not be read");
        }
    }

    // One report as Firefox and Safari send it, or the first of a list as Chromium does.
    private void Write(JsonElement report)
    {
        if (report is { ValueKind: JsonValueKind.Array } && report.GetArrayLength() > 0)
        {
            report = report[0];
        }

        var body = Member(report, "csp-report") ?? Member(report, "body") ?? default;
        logger.LogWarning(
            "A browser reports: on {Page} the security policy's {Directive} stopped {What}",
            Place(Text(body, "document-uri", "documentURL")), Clean(Text(body, "effective-directive", "effectiveDirective")), Place(Text(body, "blocked-uri", "blockedURL")));
    }

    private static JsonElement? Member(JsonElement of, string name) =>
        of.ValueKind is JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : null;

    private static string Text(JsonElement body, string name, string otherName) =>
        (Member(body, name) ?? Member(body, otherName)) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "something unnamed";

    private static string Place(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) ? Clean(uri.GetLeftPart(UriPartial.Path)) : Clean(address.Split('?', '#')[0]);

    private static string Clean(string text) =>
        string.Concat(text.Where(c => !char.IsControl(c) && !char.IsSurrogate(c)).Take(LongestWord));
}
