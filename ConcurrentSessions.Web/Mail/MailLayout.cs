using System.Globalization;
using System.Net;
using System.Text;

namespace ConcurrentSessions.Web.Mail;

/// <summary>
/// One look for every mail, in text and in HTML. Values are encoded here and nowhere else. Styles are inline, for mail programs
/// that drop style sheets; the sheet only turns the colours for dark mode, where it is read.
/// </summary>
public static class MailLayout
{
    public const string Product = "ConcurrentSessions";

    private const string Dark = """
        :root{color-scheme:light dark;supported-color-schemes:light dark}
        @media (max-width:480px){.page{padding:0!important}.card{border-radius:0!important;border-left:0!important;border-right:0!important;padding:24px 20px!important}}
        @media (prefers-color-scheme:dark){
        .page{background:#14171f!important;color:#e7e9ef!important}.card{background:#1d212c!important;border-color:#343a49!important}
        .head{color:#f2f4f8!important}.fact,.foot{border-color:#343a49!important}.label,.foot{color:#a9b0c0!important}
        .value{color:#e7e9ef!important}.link{color:#79cbc5!important}.button{background:#79cbc5!important;color:#10211f!important}}
        """;

    private const string PageStyle =
        "margin:0;padding:24px 12px;background:#f3f4f7;color:#1d2330;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;"
        + "font-size:16px;line-height:1.5;-webkit-text-size-adjust:100%";

    private const string CardStyle =
        "box-sizing:border-box;max-width:560px;margin:0 auto;padding:28px 32px;background:#ffffff;border:1px solid #dfe2ea;border-radius:10px";

    private const string FactStyle = "border-top:1px solid #dfe2ea;padding:8px 0;overflow-wrap:anywhere";
    private const string LabelStyle = "color:#5a6274;font-size:14px";
    private const string ButtonStyle = "display:inline-block;padding:12px 22px;background:#125e63;color:#ffffff;border-radius:6px;text-decoration:none;font-weight:600";
    private const string FootStyle = "margin:28px 0 0;padding:16px 0 0;border-top:1px solid #dfe2ea;color:#5a6274;font-size:13px;overflow-wrap:anywhere";

    /// <param name="root">The site's own address, said at the foot.</param>
    /// <param name="reference">What support finds the mail, or what it is about, by.</param>
    public static MailText LayOut(MailContent content, Uri root, Guid reference)
    {
        string[] foot = [$"{content.Footer} Sent by {Product} at {root.AbsoluteUri}".TrimStart(), $"Reference: {reference}"];
        return new(MailText.OneLine($"{Product}: {content.Heading}"), Text(content, foot), Html(content, foot));
    }

    private static string Text(MailContent content, IReadOnlyList<string> foot)
    {
        var text = new StringBuilder();
        Block(text, content.Heading);
        Block(text, content.Paragraphs);
        Block(text, string.Join('\n', content.Facts.Select(f => $"{f.Label}: {MailText.OneLine(f.Value)}")));
        Block(text, Link(content.Button));
        Block(text, content.Advice);
        Block(text, Link(content.SecondLink));
        Block(text, $"-- \n{string.Join('\n', foot)}");
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

    private static string Html(MailContent content, IReadOnlyList<string> foot)
    {
        var html = new StringBuilder(Top(content.Heading));
        Paragraphs(html, content.Paragraphs);
        foreach (var (label, value) in content.Facts)
        {
            html.Append(CultureInfo.InvariantCulture, $"""
                <div class="fact" style="{FactStyle}"><span class="label" style="{LabelStyle}">{Encode(label)}</span><br><span class="value">{Encode(MailText.OneLine(value))}</span></div>

                """);
        }

        Button(html, content.Button);
        Paragraphs(html, content.Advice);
        if (content.SecondLink is { } second)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0\"><a class=\"link\" style=\"color:#125e63\" href=\"{Encode(second.Link.AbsoluteUri)}\">{Encode(second.Label)}</a></p>\n");
        }

        html.Append(CultureInfo.InvariantCulture, $"<p class=\"foot\" style=\"{FootStyle}\">{string.Join("<br>", foot.Select(Encode))}</p>\n</div>\n</div>\n</body>\n</html>\n");
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
        <style>{Dark}</style>
        </head>
        <body class="page" style="{PageStyle}">
        <div class="page" style="{PageStyle};padding:0">
        <div class="card" style="{CardStyle}">
        <p class="label" style="margin:0 0 8px;{LabelStyle};font-weight:600">{Product}</p>
        <h1 class="head" style="margin:0 0 16px;font-size:22px;line-height:1.3;overflow-wrap:anywhere">{Encode(heading)}</h1>

        """;

    private static void Paragraphs(StringBuilder html, IReadOnlyList<string> paragraphs)
    {
        foreach (var paragraph in paragraphs)
        {
            html.Append(CultureInfo.InvariantCulture, $"<p style=\"margin:0 0 16px;overflow-wrap:anywhere\">{Encode(paragraph)}</p>\n");
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
