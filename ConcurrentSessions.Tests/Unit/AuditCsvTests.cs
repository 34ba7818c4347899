using ConcurrentSessions.Web.Audit;
using CsvHelper;
using Xunit;

namespace ConcurrentSessions.Tests.Unit;

[Trait("Check", "S43")]
public sealed class AuditCsvTests
{
    [Theory]
    [InlineData("\0nul", "'\0nul")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("say \"=1\"", "\"say \"\"=1\"\"\"")]
    [InlineData("two\nlines", "\"two\nlines\"")]
    [InlineData("plain", "plain")]
    public void A_field_is_no_formula_and_keeps_its_lines_and_quotes(string field, string written)
    {
        using var text = new StringWriter();
        using (var csv = new CsvWriter(text, CsvRules.NoFormulas()))
        {
            csv.WriteField(field);
            csv.NextRecord();
        }

        Assert.Contains(text.ToString(), new[] { $"{written}\r\n", $"\"{written}\"\r\n" });
    }
}
