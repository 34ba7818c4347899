using ArchUnitNET.Loader;
using ConcurrentSessions.Web.Data;
using Xunit;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace ConcurrentSessions.Tests.Architecture;

/// <summary>Data ← Audit, Risk ← Sessions ← {SignIn, Circuits, Alerts, Users} ← Components, Api, Operator ← Program; the core knows no web and no mail.</summary>
public sealed class DependencyDirectionTests
{
    private static readonly ArchUnitNET.Domain.Architecture Portal =
        new ArchLoader().LoadAssembliesIncludingDependencies([typeof(PortalDbContext).Assembly], false).Build();

    [Theory]
    [InlineData("Telemetry", "Data|Audit|Sessions|SignIn|Circuits|Alerts|Users|Mail|Locations|Components|Api|Operator|Hosting")]
    [InlineData("Risk", "Data|Signals|Audit|Sessions|SignIn|Circuits|Alerts|Users|Mail|Locations|Components|Api|Operator|Hosting|Telemetry")]
    [InlineData("Data", "Signals|Audit|Sessions|SignIn|Circuits|Alerts|Users|Mail|Locations|Components|Api|Operator")]
    [InlineData("Audit", "Signals|Sessions|SignIn|Circuits|Alerts|Users|Mail|Locations|Components|Api|Operator")]
    [InlineData("Sessions", "Signals|SignIn|Circuits|Alerts|Users|Mail|Locations|Components|Api|Operator|Hosting")]
    [InlineData("Locations", "Signals|SignIn|Circuits|Alerts|Users|Mail|Components|Api|Operator|Hosting")]
    [InlineData("Mail", "Signals|Sessions|SignIn|Circuits|Alerts|Users|Locations|Components|Api|Operator")]
    [InlineData("SignIn", "Signals|Circuits|Alerts|Users|Mail|Components|Api|Operator")]
    [InlineData("Circuits", "Signals|Alerts|Users|Mail|Components|Api|Operator")]
    [InlineData("Alerts", "Signals|Circuits|Users|Components|Api|Operator")]
    [InlineData("Signals", "SignIn|Circuits|Alerts|Users|Mail|Locations|Components|Api|Operator|Hosting")]
    [InlineData("Users", "Circuits|Alerts|Mail|Components|Api|Operator")]
    public void A_slice_imports_only_what_stands_below_it(string slice, string above) =>
        AssertFree(slice, $@"^ConcurrentSessions\.Web\.({above})(\.|$)");

    [Theory]
    [InlineData("Sessions", @"^Microsoft\.AspNetCore\.(Http|Components|Mvc)|^MudBlazor|^MailKit|^MimeKit|^OpenTelemetry")]
    [InlineData("Audit", @"^Microsoft\.AspNetCore\.(Http|Components|Mvc)|^MudBlazor|^MailKit|^MimeKit")]
    [InlineData("SignIn", "^MudBlazor|^MailKit|^MimeKit")]
    [InlineData("Users", "^MudBlazor|^MailKit|^MimeKit")]
    [InlineData("Components", "^MailKit|^MimeKit|^MaxMind")]
    public void The_core_knows_no_web_and_only_Mail_knows_mail(string slice, string foreign) => AssertFree(slice, foreign);

    // Types(true) includes those of other assemblies: with plain Types() such a rule holds for everything.
    private static void AssertFree(string slice, string forbidden)
    {
        var rule = Types().That().ResideInNamespaceMatching($@"^ConcurrentSessions\.Web\.{slice}(\.|$)")
            .Should().NotDependOnAny(Types(true).That().ResideInNamespaceMatching(forbidden))
            .WithoutRequiringPositiveResults();
        var broken = rule.Evaluate(Portal).Where(r => !r.Passed).Select(r => r.Description).ToList();
        Assert.Empty(broken);
    }
}
