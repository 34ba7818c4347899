using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

/// <summary>What is done, and what is tried, is written down once each, with all that an auditor asks.</summary>
[Trait("Check", "S26")]
public sealed class TrailTests : IAsyncDisposable
{
    private const string Typed = "not the right password";

    // The words of the OWASP Logging Vocabulary, before the first bracket; the portal's own are for what it has no word for.
    private static readonly string[] Vocabulary =
    [
        "authn_login_success", "authn_login_fail", "authn_password_change", "authz_fail", "authz_change", "authz_admin", "excess_rate_limit_exceeded",
        "sensitive_read", "session_created", "session_renewed", "session_expired", "session_use_after_expire", "user_created", "user_updated", "user_deleted",
    ];

    private readonly PortalFactory portal = new();

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Each_act_of_a_day_is_written_down_exactly_once()
    {
        var (ada, bob) = (await portal.AddUserAsync("ada@portal.example"), await portal.AddUserAsync("bob@portal.example"));
        await portal.AddUserAsync("root@portal.example", Roles.Admin);
        using var browser = portal.NewVisitor("198.51.100.7", "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0");
        using var desk = portal.NewVisitor("198.51.100.8");
        await TellsAsync(() => browser.SignInAsync("nobody@portal.example", Typed), "authn_login_fail Failed");
        await TellsAsync(() => browser.SignInAsync(ada.Email!, Typed), "authn_login_fail Failed");
        await TellsAsync(() => browser.SignInAsync(ada.Email!), "authn_login_success Succeeded", "session_created Succeeded");
        await TellsAsync(() => browser.GetAsync("/admin/users"), "authz_fail Refused");
        await TellsAsync(() => browser.GetAsync("/api/admin/audit"), "authz_fail Refused");
        await TellsAsync(() => browser.GetAsync("/api/admin/audit/export?format=csv"), "authz_fail Refused");
        await TellsAsync(() => browser.DeleteAsync($"/api/admin/users/{bob.Id}/sessions"), "authz_fail Refused");
        await TellsAsync(() => browser.GetAsync("/sessions"));
        await TellsAsync(async () => await browser.PostAsync("/Account/Manage/DownloadPersonalData", await browser.OpenFormAsync("/Account/Manage/PersonalData", "")), "personal_data_exported Succeeded");
        await TellsAsync(browser.SignOutAsync, "session_ended Succeeded");
        await TellsAsync(() => browser.SignInAsync(ada.Email!), "authn_login_success Succeeded", "session_created Succeeded");

        await TellsAsync(() => desk.SignInAsync("root@portal.example"), "authn_login_success Succeeded", "session_created Succeeded");
        await TellsAsync(() => desk.GetAsync("/api/admin/audit/export?format=csv"), "sensitive_read Succeeded");
        var session = (await portal.ActiveSessionsAsync(ada.Email!))[0].Id;
        await TellsAsync(() => desk.DeleteAsync($"/api/admin/sessions/{session}"), "session_ended Succeeded");
        await TellsAsync(() => desk.DeleteAsync($"/api/admin/sessions/{session}"));

        var own = (await portal.ActiveSessionsAsync("root@portal.example"))[0];
        var root = Actor.Person(own.UserId, own.Id.Value, "198.51.100.8", "Firefox");
        var administration = portal.Services.GetRequiredService<UserAdministration>();
        await TellsAsync(() => administration.GrantRoleAsync(ada.Id, Roles.Auditor, root, default), "authz_change_granted Succeeded");
        await TellsAsync(() => administration.GrantRoleAsync(ada.Id, Roles.Auditor, root, default));
        await TellsAsync(() => administration.RevokeRoleAsync(ada.Id, Roles.Auditor, root, default), "authz_change_revoked Succeeded");
        await TellsAsync(() => administration.ChangeLimitAsync(ada.Id, new UserLimit { UserId = ada.Id, Seats = 1 }, false, root, default), "user_limit_changed Succeeded");
        await TellsAsync(() => administration.ChangeRoleAsync(Roles.User, new SessionSettings().Rules() with { Limit = SessionLimit.Of(2, WhenFull.Ask) }, false, root, default), "session_limit_changed Succeeded");
        await TellsAsync(() => administration.DisableAsync(ada.Id, root, default), "user_disabled Succeeded");
        await TellsAsync(() => browser.SignInAsync(ada.Email!), "authn_login_fail Failed");
        await TellsAsync(() => administration.EnableAsync(ada.Id, root, default), "user_enabled Succeeded");
        await TellsAsync(() => administration.DisableAsync(own.UserId, root, default));
        await TellsAsync(() => OperatorConsole.RunAsync(portal, "audit verify"));
        await TellsAsync(() => OperatorConsole.RunAsync(portal, "audit export --format jsonl"), "sensitive_read Succeeded");
        await TellsAsync(() => OperatorConsole.RunAsync(portal, "sessions end --user root@portal.example"), "session_ended Succeeded");
        await TellsAsync(() => browser.SignInAsync(ada.Email!), "authn_login_success Succeeded", "session_created Succeeded");
        await TellsAsync(() => browser.SubmitAsync("/Account/Manage/DeletePersonalData", "delete-user", ("Input.Understood", "True")), "user_deleted Succeeded");
    }

    [Fact]
    public void Names_are_those_of_the_vocabulary_where_it_has_one()
    {
        var ours = Web.Components.Admin.AuditWords.Names;
        Assert.All(ours, name => Assert.Matches("^[a-z]+(_[a-z]+)+$", name));
        var verbs = ours.Where(n => n.StartsWith("authn_login_", StringComparison.Ordinal) || n.StartsWith("authz_", StringComparison.Ordinal)).ToList();
        Assert.All(verbs, verb => Assert.Contains(Vocabulary, word => verb.StartsWith(word, StringComparison.Ordinal) || verb == "authn_login_throttled"));
        Assert.All(["session_created", "session_expired", "user_created", "user_deleted", "sensitive_read"], word => Assert.Contains(word, ours));
    }

    private async Task TellsAsync<T>(Func<Task<T>> act, params string[] names)
    {
        var before = (await portal.AuditAsync()).Count;
        portal.Clock.Advance(TimeSpan.FromSeconds(1));
        var done = await act();
        (done as IDisposable)?.Dispose();
        var news = (await portal.AuditAsync())[before..].Where(e => e.Name != AuditNames.MailSent).ToList(); // the worker's, whenever it comes to it
        Assert.Equal(names.Order(), news.Select(e => $"{e.Name} {e.Outcome}").Order());
        Assert.All(news, e =>
        {
            Assert.Equal((portal.Clock.GetUtcNow(), TimeSpan.Zero), (e.At, e.At.Offset));
            Assert.DoesNotContain(Typed, $"{e.Name} {e.Reason}", StringComparison.Ordinal);
            Assert.DoesNotContain(PortalFactory.Password, $"{e.Name} {e.Reason}", StringComparison.Ordinal);
            if (e.ActorKind is ActorKind.Person or ActorKind.Visitor)
            {
                Assert.StartsWith("198.51.100.", e.IpAddress, StringComparison.Ordinal);
                Assert.Contains("Firefox", e.UserAgent, StringComparison.Ordinal);
            }
        });
    }
}
