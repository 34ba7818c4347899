using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Mail;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class DevMailTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_mail_the_list_says_so()
    {
        await using var desk = await MailDesk.WithPickupAsync();
        await using var site = await SiteAsync(desk);

        Assert.Contains("No mail yet.", await site.GetTestClient().GetStringAsync("/dev/mail", Ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newest_mail_comes_first_and_opens()
    {
        await using var desk = await MailDesk.WithPickupAsync();
        await desk.PromiseAsync(subject: "The older one");
        desk.Clock.Advance(TimeSpan.FromSeconds(1));
        await desk.PromiseAsync(subject: "The newer one");
        await desk.Sender.DeliverDueAsync(Ct);
        await using var site = await SiteAsync(desk);

        var list = await site.GetTestClient().GetStringAsync("/dev/mail", Ct);
        Assert.InRange(list.IndexOf("The newer one", StringComparison.Ordinal), 1, list.IndexOf("The older one", StringComparison.Ordinal));

        var newest = Path.GetFileName(Directory.GetFiles(desk.PickupFolder).Order().Last());
        var page = await site.GetTestClient().GetStringAsync($"/dev/mail/{newest}", Ct);
        Assert.Contains("<h1>The newer one</h1>", page, StringComparison.Ordinal);
        Assert.Contains("srcdoc=\"&lt;p&gt;Good day.&lt;/p&gt;\"", page, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S23")]
    public async Task What_a_mail_says_is_shown_as_text()
    {
        await using var desk = await MailDesk.WithPickupAsync();
        await desk.PromiseAsync(subject: "<script>alert(1)</script>");
        await desk.Sender.DeliverDueAsync(Ct);
        await using var site = await SiteAsync(desk);

        Assert.DoesNotContain("<script", await site.GetTestClient().GetStringAsync("/dev/mail", Ct), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/mail/..%2fportal.db")]
    [InlineData("/dev/mail/%2e%2e%2fportal.db")]
    [InlineData("/dev/mail/..%5cportal.db")]
    [InlineData("/dev/mail/nothing.eml")]
    [Trait("Check", "S57")]
    public async Task Nothing_but_a_mail_can_be_opened(string path)
    {
        await using var desk = await MailDesk.WithPickupAsync();
        await desk.PromiseAsync();
        await desk.Sender.DeliverDueAsync(Ct);
        await using var site = await SiteAsync(desk);

        using var answer = await site.GetTestClient().GetAsync(new Uri(path, UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    [Trait("Check", "S57")]
    public async Task In_production_there_is_no_such_page()
    {
        await using var desk = await MailDesk.WithPickupAsync();
        await using var site = await SiteAsync(desk, "Production");

        using var answer = await site.GetTestClient().GetAsync(new Uri("/dev/mail", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static async Task<WebApplication> SiteAsync(MailDesk desk, string environment = "Development")
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { EnvironmentName = environment });
        builder.WebHost.UseTestServer();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(Options.Create(new EmailOptions { PickupDirectory = desk.PickupFolder }));
        var site = builder.Build();
        site.UseRouting();
        site.MapDevMail();
        await site.StartAsync(Ct);
        return site;
    }
}
