using System.Net;
using ConcurrentSessions.Tests.Support;
using ConcurrentSessions.Web.Hosting;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class HealthTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    [Trait("Check", "S37")]
    public async Task Readiness_says_no_after_three_seconds_though_the_database_never_answers_and_asks_it_only_once()
    {
        var asked = 0;
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource<HealthCheckResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var portal = new CheckedPortal(() =>
        {
            Interlocked.Increment(ref asked);
            begun.TrySetResult();
            return answer.Task;
        });
        var readiness = portal.Services.GetRequiredService<Readiness>();
        for (var i = 0; i < 3; i++)
        {
            var ready = readiness.AskAsync();
            await begun.Task.WaitAsync(Patience); // else it might be called off before it was made
            portal.Clock.Advance(TimeSpan.FromSeconds(2.9));
            Assert.False(ready.IsCompleted);
            portal.Clock.Advance(TimeSpan.FromSeconds(0.1));
            Assert.Equal(HealthStatus.Unhealthy, await ready.WaitAsync(Patience));
        }

        Assert.Equal(1, asked);
        using var probe = portal.NewVisitor();
        await AssertAnswersAsync(await probe.GetAsync("/health/live"), HttpStatusCode.OK, "Healthy");
        answer.SetResult(HealthCheckResult.Healthy());
        await EventuallyAsync(probe, "Healthy");
    }

    [Fact]
    public async Task A_degraded_portal_still_takes_people_and_tells_strangers_no_more_than_that()
    {
        await using var portal = new CheckedPortal(() => Task.FromResult(HealthCheckResult.Degraded("the channel between nodes is down")));
        using var probe = portal.NewVisitor();
        await AssertAnswersAsync(await probe.GetAsync("/health/ready"), HttpStatusCode.OK, "Degraded");
    }

    [Fact]
    public async Task A_check_that_fails_makes_it_unready_and_its_reason_stays_inside()
    {
        await using var portal = new CheckedPortal(() => throw new InvalidOperationException("no host db.internal"));
        using var probe = portal.NewVisitor();
        await AssertAnswersAsync(await probe.GetAsync("/health/ready"), HttpStatusCode.ServiceUnavailable, "Unhealthy");
    }

    [Fact]
    public async Task Told_to_stop_it_is_unready_at_once_and_serves_on_while_it_drains()
    {
        await using var portal = new PortalFactory().With("Portal:DrainTime", "00:00:05");
        using var probe = portal.NewVisitor();
        await AssertAnswersAsync(await probe.GetAsync("/health/ready"), HttpStatusCode.OK, "Healthy");
        var lifetime = portal.Services.GetRequiredService<IHostApplicationLifetime>();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStopped.Register(stopped.SetResult);

        lifetime.StopApplication();
        await AssertAnswersAsync(await probe.GetAsync("/health/ready"), HttpStatusCode.ServiceUnavailable, "Unhealthy");
        await AssertAnswersAsync(await probe.GetAsync("/health/live"), HttpStatusCode.OK, "Healthy");
        using (var page = await probe.GetAsync("/Account/Login"))
        {
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        while (!stopped.Task.IsCompleted)
        {
            portal.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(stopped.Task, Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System));
        }
    }

    private static async Task AssertAnswersAsync(HttpResponseMessage answer, HttpStatusCode status, string word)
    {
        using (answer)
        {
            Assert.Equal((status, word), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
            Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
            Assert.True(answer.Headers.CacheControl?.NoStore);
        }
    }

    private static async Task EventuallyAsync(Visitor probe, string word)
    {
        using var patience = new CancellationTokenSource(Patience);
        string said;
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            using var answer = await probe.GetAsync("/health/ready");
            said = await answer.Content.ReadAsStringAsync();
        }
        while (said != word);
    }

    /// <summary>A portal with one more check, as the notification channel's will be.</summary>
    private sealed class CheckedPortal(Func<Task<HealthCheckResult>> check) : PortalFactory, IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => check();

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            base.ConfigureWebHost(builder);
            builder.ConfigureServices(services => services.AddHealthChecks().AddCheck("another", this));
        }
    }
}
