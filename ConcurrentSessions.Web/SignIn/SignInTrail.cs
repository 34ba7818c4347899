using System.Net;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn.Guessing;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>Writes down sign-ins that came to nothing. What was typed as a name is not kept: it may be a password.</summary>
public sealed class SignInTrail(IDbContextFactory<PortalDbContext> databases, IHttpContextAccessor contexts, TimeProvider clock)
{
    public Task FailedAsync(PortalUser? user, IPAddress? from, string why) =>
        AddAsync(AuditNames.SignInFailed, AuditOutcome.Failed, user, from, user is null ? $"{why}, no such account" : why);

    public Task SecondFactorFailedAsync(PortalUser user, IPAddress? from) =>
        AddAsync(AuditNames.SecondFactorFailed, AuditOutcome.Failed, user, from, "right password, wrong code");

    /// <summary>Of many refusals in a row some stand for all: a flood of attempts must not fill the trail (ASVS 16.4).</summary>
    public Task ThrottledAsync(PortalUser? user, IPAddress? from, SignInAttempt refused) => refused.IsToBeNoted
        ? AddAsync(AuditNames.SignInThrottled, AuditOutcome.Refused, user, from, "too many attempts")
        : Task.CompletedTask;

    private string? Browser => contexts.HttpContext is { } http ? ClientReader.Browser(http) : null;

    private async Task AddAsync(string name, AuditOutcome outcome, PortalUser? user, IPAddress? from, string why)
    {
        await using var db = await databases.CreateDbContextAsync();
        db.AuditEvents.Add(AuditEvent.Of(name, Actor.Visitor(from?.ToString(), Browser), clock.GetUtcNow(), outcome, user?.Id, reason: why));
        await db.SaveChangesAsync();
    }
}
