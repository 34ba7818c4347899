using System.Globalization;
using System.Net;
using System.Text;
using ConcurrentSessions.Web.Data;
using Microsoft.Extensions.Options;
using MimeKit;

namespace ConcurrentSessions.Web.Mail;

/// <summary>The mails of the pickup folder, to be read in a browser by anybody; hence in Development only.</summary>
public static class DevMailEndpoints
{
    /// <summary>Maps <c>/dev/mail</c> in Development and nothing anywhere else.</summary>
    public static IEndpointRouteBuilder MapDevMail(this IEndpointRouteBuilder routes)
    {
        if (!routes.ServiceProvider.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            return routes;
        }

        var mail = routes.MapGroup("/dev/mail").AllowAnonymous().ExcludeFromDescription();
        mail.MapGet("", async (IOptions<EmailOptions> email, CancellationToken ct) => Page("Mail", await ListAsync(Folder(email), ct)));
        mail.MapGet("{file}", async (string file, IOptions<EmailOptions> email, CancellationToken ct) =>
            Find(Folder(email), file) is { } found ? Page("Mail", await MessageAsync(found, ct)) : Results.NotFound());
        return routes;
    }

    private static DirectoryInfo Folder(IOptions<EmailOptions> email) => new(DataFolder.Resolve(email.Value.PickupDirectory));

    private static List<FileInfo> Files(DirectoryInfo folder) => folder.Exists
        ? [.. folder.EnumerateFiles("*" + PickupMailer.Extension).OrderByDescending(f => f.Name, StringComparer.Ordinal).Take(200)]
        : [];

    // Chosen from the folder's own list, so the name in the address never becomes a path.
    private static FileInfo? Find(DirectoryInfo folder, string file) =>
        folder.Exists ? folder.EnumerateFiles("*" + PickupMailer.Extension).FirstOrDefault(f => f.Name == file) : null;

    private static async Task<string> ListAsync(DirectoryInfo folder, CancellationToken ct)
    {
        var files = Files(folder);
        if (files.Count == 0)
        {
            return "<h1>Mail</h1><p class=\"empty\">No mail yet. Register, ask for a new password or sign in from a new device, then reload.</p>";
        }

        var html = new StringBuilder("<h1>Mail</h1><table><thead><tr><th>To</th><th>Subject</th><th>From</th><th>Date</th></tr></thead><tbody>");
        foreach (var file in files)
        {
            using var message = await MimeMessage.LoadAsync(file.FullName, ct);
            html.Append(CultureInfo.InvariantCulture, $"""
                <tr><td>{Encode(message.To.ToString())}</td><td><a href="/dev/mail/{Uri.EscapeDataString(file.Name)}">{Encode(message.Subject)}</a></td><td>{Encode(message.From.ToString())}</td><td>{Date(message)}</td></tr>
                """);
        }

        return html.Append("</tbody></table>").ToString();
    }

    private static async Task<string> MessageAsync(FileInfo file, CancellationToken ct)
    {
        using var message = await MimeMessage.LoadAsync(file.FullName, ct);
        return $"""
            <p><a href="/dev/mail">All mail</a></p>
            <h1>{Encode(message.Subject)}</h1>
            <dl><dt>From</dt><dd>{Encode(message.From.ToString())}</dd><dt>To</dt><dd>{Encode(message.To.ToString())}</dd>
            <dt>Date</dt><dd>{Date(message)}</dd><dt>Message-ID</dt><dd>{Encode(message.MessageId)}</dd></dl>
            <h2>Text</h2>
            <pre>{string.Join('\n', (message.TextBody ?? "").ReplaceLineEndings("\n").Split('\n').Select(TextLine))}</pre>
            <h2>HTML</h2>
            <iframe title="HTML part" sandbox="allow-same-origin allow-popups allow-popups-to-escape-sandbox" srcdoc="{Encode(InNewTab(message.HtmlBody ?? ""))}"></iframe>
            """;
    }

    // The mails put a link on a line of its own.
    private static string TextLine(string line) =>
        Uri.TryCreate(line, UriKind.Absolute, out var link) && link.Scheme is "http" or "https"
            ? $"<a href=\"{Encode(link.AbsoluteUri)}\">{Encode(line)}</a>"
            : Encode(line);

    private static string InNewTab(string html) => html.Replace("<head>", "<head><base target=\"_blank\">", StringComparison.Ordinal);

    private static string Date(MimeMessage message) => message.Date.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "");

    private static IResult Page(string title, string body) => Results.Content($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
        <title>{title}</title><link rel="stylesheet" href="/app.css"><link rel="stylesheet" href="/dev-mail.css">
        </head>
        <body class="dev-mail"><main>{body}</main></body>
        </html>
        """, "text/html; charset=utf-8");
}
