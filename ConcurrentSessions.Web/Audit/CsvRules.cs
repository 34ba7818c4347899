using System.Globalization;
using CsvHelper.Configuration;

namespace ConcurrentSessions.Web.Audit;

/// <summary>How the portal writes CSV (RFC 4180).</summary>
public static class CsvRules
{
    /// <summary>A field that a spreadsheet would take for a formula gets a leading apostrophe (OWASP, CSV injection; ASVS 1.2.10).</summary>
    public static CsvConfiguration NoFormulas() => new(CultureInfo.InvariantCulture)
    {
        InjectionOptions = InjectionOptions.Escape,
        InjectionEscapeCharacter = '\'',
        InjectionCharacters = ['=', '@', '+', '-', '\t', '\r', '\0'],
        NewLine = "\r\n",
        // With that, CsvHelper would leave a field with a lone line feed unquoted, and the row would end there.
        ShouldQuote = args => args.Field.AsSpan().ContainsAny('\r', '\n') || ConfigurationFunctions.ShouldQuote(args),
    };
}
