using System.Globalization;
using System.Net;
using System.Text;

namespace ConcurrentSessions.Web.Mail;

/// <summary>What a mail says, from top to bottom, before it is laid out. The heading is also the subject, after the name of the portal.</summary>
public sealed record MailContent(string Heading, params IReadOnlyList<string> Paragraphs)
{
    public IReadOnlyList<(string Label, string Value)> Facts { get; init; } = [];

    public (string Label, Uri Link)? Button { get; init; }

    /// <summary>What to do, after the button.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    /// <summary>A second link, below the advice.</summary>
    public (string Label, Uri Link)? SecondLink { get; init; }

    /// <summary>Why it was sent, in small print.</summary>
    public string Footer { get; init; } = "";
}

/// <summary>One look for every mail, in text and in HTML. Values are encoded here and nowhere else.</summary>
public static class MailLayout
{
    public const string Product = "ConcurrentSessions";

    private const string Style = """
        body{margin:0;padding:24px 12px;background:#f3f4f7;color:#1d2330;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif}
        .card{max-width:560px;margin:0 auto;padding:28px 32px;background:#ffffff;border:1px solid #dfe2ea;border-radius:10px}
        .fact{border-top:1px solid #dfe2ea;padding:8px 0}.label{color:#5a6274;font-size:14px}
        .small{color:#5a6274;font-size:14px}.link{color:#125e63;word-break:break-all}
        @media (prefers-color-scheme:dark){
        body{background:#14171f!important;color:#e7e9ef!important}.card{background:#1d212c!important;border-color:#343a49!important}
        .fact{border-color:#343a49!important}.label,.small{color:#a9b0c0!important}.link{color:#79cbc5!important}
        .button{background:#79cbc5!important;color:#14171f!important}}
        """;

    // Inline as well, for mail programs that drop the style sheet.
    private const string ButtonStyle =
        "display:inline-block;padding:12px 22px;background:#125e63;color:#ffffff;border-radius:6px;text-decoration:none;font-weight:600";

    public static MailText LayOut(MailContent content) =>
        new(MailText.OneLine($"{Product}: {content.Heading}"), Text(content), Html(content));

    private static string Text(MailContent content)
    {
        var text = new StringBuilder();
        Block(text, content.Heading);
        Block(text, content.Paragraphs);
        Block(text, string.Join('\n', content.Facts.Select(f => $"{f.Label}: {MailText.OneLine(f.Value)}")));
        Block(text, Link(content.Button));
        Block(text, content.Advice);
        Block(text, Link(content.SecondLink));
        Block(text, content.Footer.Length > 0 ? $"-- \n{content.Footer}" : "");
        return text.ToString().TrimEnd() + "\n";

        static string Link((string Label, Uri Link)? link) => link is { } l ? $"{l.Label}:\n{l.Link.AbsoluteUri}" : "";
    }

    private static void Block(StringBuilder text, params IReadOnlyList<string> paragraphs)
    {
        foreach (var paragraph in paragraphs.Where(p => p.Length > 0))
        {
            text.Append(paragraph).Append("\n\n");
        }
    }

    private static string Html(MailContent content)
    {
        var html = new StringBuilder(Top(content.Heading));
        Paragraphs(html, content.Paragraphs);
        foreach (var (label, value) in content.Facts)
        {
            html.Append(CultureInfo.InvariantCulture, $"<div class=\"fact\"><span class=\"label\">{Encode(label)}</span><br>{Encode(MailText.OneLine(value))}</div>\n");
        }

        Button(html, content.Button);
        Paragraphs(html, content.Advice);
        if (content.SecondLink is { } second)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p><a class=\"link\" href=\"{Encode(second.Link.AbsoluteUri)}\">{Encode(second.Label)}</a></p>\n");
        }

        html.Append(CultureInfo.InvariantCulture, $"<p class=\"small\" style=\"margin:24px 0 0\">{Encode(content.Footer)}</p>\n</div>\n</body>\n</html>\n");
        return html.ToString();
    }

    private static string Top(string heading) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="supported-color-schemes" content="light dark">
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
        <title>{Encode(heading)}</title>
        <style>{Style}</style>
        </head>
        <body>
        <div class="card">
        <p class="small" style="margin:0 0 8px">{Product}</p>
        <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">{Encode(heading)}</h1>

        """;

    private static void Paragraphs(StringBuilder html, IReadOnlyList<string> paragraphs)
    {
        foreach (var paragraph in paragraphs)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 16px\">{Encode(paragraph)}</p>\n");
        }
    }

    private static void Button(StringBuilder html, (string Label, Uri Link)? button)
    {
        if (button is { } b)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:24px 0\"><a class=\"button\" style=\"{ButtonStyle}\" href=\"{Encode(b.Link.AbsoluteUri)}\">{Encode(b.Label)}</a></p>\n");
        }
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
