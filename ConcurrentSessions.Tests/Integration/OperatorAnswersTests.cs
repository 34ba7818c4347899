using System.Globalization;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using CsvHelper;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>Verbs that change nothing, on one portal for all of them.</summary>
public sealed class OperatorAnswersTests(PortalFactory portal) : IClassFixture<PortalFactory>
{
    [Theory]
    [InlineData("users add nonsense", "invalid")]
    [InlineData("users add admin@demo.example", "already taken")]
    [InlineData("users add x@example.com --role Boss", "There is no role 'Boss'; the roles are Admin, Auditor, User.")]
    [InlineData("users add x@example.com --password-stdin", "12")]
    [InlineData("users disable nobody@example.com", "There is no user 'nobody@example.com'.")]
    [InlineData("users disable admin@demo.example", "last active administrator")]
    [InlineData("roles set-limit Boss 3", "There is no role 'Boss'")]
    [InlineData("sessions list --user nobody@example.com", "There is no user")]
    [InlineData("sessions end --user nobody@example.com", "There is no user")]
    [InlineData("sessions end --id nonsense", "There is no session 'nonsense'.")]
    public async Task What_cannot_be_done_is_refused_with_a_sentence(string line, string sentence)
    {
        var answer = await Run(line);
        Assert.Equal(1, answer.Code);
        Assert.Contains(sentence, answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("users")]
    [InlineData("users add")]
    [InlineData("users list --colour")]
    [InlineData("roles set-limit User 0")]
    [InlineData("roles set-limit User -1")]
    [InlineData("roles set-limit User 1e9")]
    [InlineData("roles set-limit User 3 --when-full maybe")]
    [InlineData("sessions end")]
    [InlineData("sessions end --all --user ada@example.com")]
    [InlineData("audit export --format xml")]
    public async Task Wrong_usage_is_told_from_refusal(string line) => Assert.Equal(2, (await Run(line)).Code);

    [Fact]
    public async Task Help_lists_the_verbs()
    {
        var help = await Run("--help");
        Assert.Equal(0, help.Code);
        Assert.All(["users", "roles", "sessions", "audit", "database"], noun => Assert.Contains(noun, help.Output, StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Check", "S43")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\ttab", "'\ttab")]
    [InlineData("\rreturn", "'\rreturn")]
    [InlineData("a, \"b\"\nc", "a, \"b\"\nc")]
    [InlineData("a;b", "a;b")]
    public async Task No_exported_field_is_a_formula(string reason, string field)
    {
        await portal.InDatabaseAsync(db =>
        {
            db.AuditEvents.Add(AuditEvent.Of(AuditNames.DeviceRenamed, Actor.Portal, portal.Clock.GetUtcNow(), reason: reason));
            return db.SaveChangesAsync();
        });
        using var csv = new CsvReader(new StringReader((await Run("audit export --format csv")).Output), CultureInfo.InvariantCulture);
        Assert.Contains(field, csv.GetRecords<dynamic>().Select(row => (string)row.Reason).ToList());
    }

    private Task<OperatorConsole> Run(string line) => OperatorConsole.RunAsync(portal, line);
}
