using System.Diagnostics.Metrics;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Circuits;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.Telemetry;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class MetricsTests : IAsyncLifetime
{
    private readonly PortalFactory portal = new();
    private PortalUser ada = null!;

    public async ValueTask InitializeAsync() => ada = await portal.AddUserAsync("ada@portal.example");

    public ValueTask DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Every_sign_in_is_counted_by_its_outcome_and_its_method()
    {
        using var signIns = Collect<long>("portal.sign_ins");
        await portal.LimitAsync(Roles.User, 1, WhenFull.Refuse);
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!, "not her password");
        await laptop.SignInAsync(ada.Email!);
        using var phone = portal.NewVisitor();
        await phone.SignInAsync(ada.Email!);
        var (key, _) = await portal.EnrolAsync(ada);
        await laptop.SignInAsync(ada.Email!);
        await laptop.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", "000000"));
        await laptop.SubmitAsync("/Account/LoginWith2fa", "login-with-2fa", ("Input.TwoFactorCode", portal.CodeOf(key)));

        Assert.Equal(
        [
            "failed password", "succeeded password", "refused password",
            "failed password_and_authenticator", "succeeded password_and_authenticator",
        ], Values(signIns, "portal.outcome", "portal.method"));
    }

    [Fact]
    public async Task Guessing_that_is_slowed_down_and_accounts_that_may_not_sign_in_are_counted_apart()
    {
        using var signIns = Collect<long>("portal.sign_ins");
        using var guesser = portal.NewVisitor();
        for (var i = 0; i < 6; i++)
        {
            await guesser.SignInAsync(ada.Email!, "not her password");
        }

        await portal.AsIdentityAsync(async users =>
        {
            var user = (await users.FindByIdAsync(ada.Id))!;
            user.Disable(portal.Clock.GetUtcNow());
            return await users.UpdateAsync(user);
        });
        using var elsewhere = portal.NewVisitor("192.0.2.200");
        await elsewhere.SignInAsync(ada.Email!);
        Assert.Equal(
            ["failed", "failed", "failed", "failed", "failed", "throttled", "not_allowed"], Values(signIns, "portal.outcome"));
    }

    [Theory]
    [InlineData(WhenFull.Ask, "seated asked", "")]
    [InlineData(WhenFull.Refuse, "seated refused", "")]
    [InlineData(WhenFull.EvictLeastRecent, "seated evicted", "evicted")]
    public async Task What_the_limit_decides_is_counted_and_so_is_who_had_to_go(WhenFull whenFull, string decided, string reasons)
    {
        await portal.LimitAsync(Roles.User, 1, whenFull);
        using var decisions = Collect<long>("portal.session.limit.decisions");
        using var ended = Collect<long>("portal.sessions.ended");
        using var laptop = portal.NewVisitor();
        using var phone = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        await phone.SignInAsync(ada.Email!);
        Assert.Equal(decided, string.Join(' ', Values(decisions, "portal.decision")));
        Assert.Equal(reasons, string.Join(' ', Values(ended, "portal.reason")));
    }

    [Fact]
    public async Task The_signed_in_are_counted_without_those_who_are_over_by_time()
    {
        using var active = Collect<long>("portal.sessions.active");
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        Assert.Equal(1, await MeasuredAsync(active));
        portal.Clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(0, await MeasuredAsync(active));
    }

    [Fact]
    public async Task A_scrape_costs_no_query_and_what_cannot_be_counted_is_not_reported()
    {
        using var active = Collect<long>("portal.sessions.active");
        var measurement = portal.Services.GetServices<IMeasurement>().OfType<ActiveSessionCount>().Single();
        await measurement.TakeAsync(default);
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        active.RecordObservableInstruments();
        Assert.Equal(0, active.LastMeasurement!.Value);
        measurement.Forget();
        active.Clear();
        active.RecordObservableInstruments();
        Assert.Empty(active.GetMeasurementSnapshot());
    }

    [Fact]
    public async Task Mails_are_counted_by_what_became_of_them_and_the_oldest_that_waits_has_an_age()
    {
        await using var peer = SmtpPeer.Started();
        await using var desk = await MailDesk.WithServerAsync(peer);
        using var attempts = new MetricCollector<long>(desk.Get<IMeterFactory>(), PortalTelemetry.Name, "portal.mail.attempts");
        using var depth = new MetricCollector<long>(desk.Get<IMeterFactory>(), PortalTelemetry.Name, "portal.outbox.depth");
        using var age = new MetricCollector<double>(desk.Get<IMeterFactory>(), PortalTelemetry.Name, "portal.outbox.oldest.age");
        peer.OnRecipient = to => to.StartsWith("nobody", StringComparison.Ordinal) ? "550 no such mailbox" : to.StartsWith("later", StringComparison.Ordinal) ? "451 later" : null;
        await desk.PromiseAsync();
        await desk.PromiseAsync("nobody@example.com");
        await desk.PromiseAsync("later@example.com");
        await desk.Sender.DeliverDueAsync(default);
        desk.Clock.Advance(TimeSpan.FromSeconds(3));
        await desk.Get<IMeasurement>().TakeAsync(default);
        depth.RecordObservableInstruments();
        age.RecordObservableInstruments();
        Assert.Equal(["given_up", "postponed", "sent"], Values(attempts, "portal.result").Order());
        Assert.Equal((1L, 3d), (depth.LastMeasurement!.Value, age.LastMeasurement!.Value));
    }

    [Fact]
    public async Task An_open_page_is_counted_while_it_is_open_and_how_fast_it_was_told_of_the_end_is_timed()
    {
        using var open = Collect<long>("portal.circuits.open");
        using var revocations = Collect<double>("portal.session.revocation.duration");
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync(ada.Email!);
        var session = (await portal.ActiveSessionsAsync(ada.Email!))[0].Id;
        await using var scope = portal.Services.CreateAsyncScope();
        var found = await portal.Services.GetRequiredService<SignedInSessions>().FindAsync(session, default);
        ((SessionAuthenticationState)scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>()).Become(found!.Principal);
        var circuit = scope.ServiceProvider.GetServices<CircuitHandler>().OfType<SessionCircuitHandler>().Single();
        await circuit.OnCircuitOpenedAsync(null!, default);
        await portal.Services.GetRequiredService<SessionEnder>().EndOneAsync(ada.Id, session, EndReason.Revoked, Actor.Operator, default);
        await circuit.OnCircuitClosedAsync(null!, default);

        Assert.Equal([1L, -1L], open.GetMeasurementSnapshot().Select(m => m.Value));
        // On PostgreSQL the node hears of its own change through the channel as well.
        Assert.Equal(["circuit call", "node call"], Values(revocations, "portal.listener", "portal.via").Where(v => v != "node channel").Order());
    }

    [Fact]
    public void An_end_on_another_node_is_timed_from_its_commit_and_never_below_zero()
    {
        using var revocations = Collect<double>("portal.session.revocation.duration");
        var metrics = portal.Services.GetRequiredService<SessionMetrics>();
        var now = portal.Clock.GetUtcNow();
        foreach (var at in new[] { now - TimeSpan.FromMilliseconds(250), now + TimeSpan.FromSeconds(1) })
        {
            metrics.NodeHeard(new("ada", null, SessionChangeKind.Ended) { At = at, ThroughChannel = true });
        }

        metrics.NodeHeard(new("ada", null, SessionChangeKind.Started) { At = now });
        Assert.Equal([0.25, 0], revocations.GetMeasurementSnapshot().Select(m => m.Value));
        Assert.Equal("node channel", Values(revocations, "portal.listener", "portal.via")[0]);
    }

    [Fact]
    public void The_cache_and_the_channel_between_nodes_have_their_own()
    {
        using var lookUps = Collect<long>("portal.session.cache.lookups");
        using var lag = Collect<double>("portal.signal.lag");
        var metrics = portal.Services.GetRequiredService<SessionMetrics>();
        metrics.Hit();
        metrics.Miss();
        metrics.SignalHeard(TimeSpan.FromMilliseconds(2));
        Assert.Equal(["hit", "miss"], Values(lookUps, "portal.result"));
        Assert.Equal(0.002, lag.LastMeasurement!.Value);
    }

    private MetricCollector<T> Collect<T>(string instrument) where T : struct =>
        new(portal.Services.GetRequiredService<IMeterFactory>(), PortalTelemetry.Name, instrument);

    private async Task<long> MeasuredAsync(MetricCollector<long> gauge)
    {
        await portal.Services.GetServices<IMeasurement>().OfType<ActiveSessionCount>().Single().TakeAsync(default);
        gauge.RecordObservableInstruments();
        return gauge.LastMeasurement!.Value;
    }

    private static List<string> Values<T>(MetricCollector<T> collector, params string[] tags) where T : struct =>
        [.. collector.GetMeasurementSnapshot().Select(m => string.Join(' ', tags.Select(t => m.Tags[t])))];
}
