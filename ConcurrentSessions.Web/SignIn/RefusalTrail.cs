using System.Threading.RateLimiting;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// Writes down requests that were refused because they tried to get around a rule (ASVS 16.3.2, 16.3.3). Of many in a row some
/// stand for all, on each node: a flood must not fill the trail. That something could not be written never changes the answer.
/// </summary>
public sealed class RefusalTrail(IDbContextFactory<PortalDbContext> databases, TimeProvider clock, ILogger<RefusalTrail> logger) : IDisposable
{
    /// <summary>Noted in a minute of one kind and one network (IPv4 /24, IPv6 /64).</summary>
    internal const int OfOneNetwork = 10;

    /// <summary>Noted in a minute of all kinds and networks.</summary>
    internal const int OfAll = 60;

    private const int LongestReason = 300;

    private readonly PartitionedRateLimiter<(string Name, string Network)> noted = PartitionedRateLimiter.CreateChained(
        PartitionedRateLimiter.Create<(string Name, string Network), (string, string)>(kind => Window(kind, OfOneNetwork)),
        PartitionedRateLimiter.Create<(string Name, string Network), string>(_ => Window("", OfAll)));

    /// <summary>Notes who asked for what: method and path, and the origin where one was said; never the query, which may hold a key.</summary>
    /// <param name="name">One of <see cref="AuditNames"/>.</param>
    /// <param name="why">What was wrong with it, in a few words.</param>
    public async Task NoteAsync(HttpContext context, string name, string why)
    {
        var address = ClientReader.Address(context);
        using var place = noted.AttemptAcquire((name, ClientReader.Network(address)));
        if (!place.IsAcquired)
        {
            return;
        }

        var by = context.User.GetUserId() is null ? Actor.Visitor(address?.ToString(), ClientReader.Browser(context)) : context.ToActor();
        try
        {
            await using var db = await databases.CreateDbContextAsync();
            db.AuditEvents.Add(AuditEvent.Of(
                name, by, clock.GetUtcNow(), AuditOutcome.Refused, by.UserId, by.SessionId, $"{why}: {Words(context.Request)}"));
            await db.SaveChangesAsync();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            logger.LogError(failure, "A refused request could not be written to the audit trail: {Name}", name);
        }
    }

    /// <summary>Notes a form whose antiforgery token is missing, too old or somebody else's.</summary>
    public Task NoteFormAsync(HttpContext context) => NoteAsync(context, AuditNames.FormRefused, "a form without a valid antiforgery token");

    public void Dispose() => noted.Dispose();

    private static RateLimitPartition<T> Window<T>(T key, int most) => RateLimitPartition.GetFixedWindowLimiter(
        key, _ => new FixedWindowRateLimiterOptions { PermitLimit = most, Window = TimeSpan.FromMinutes(1) });

    // Whoever is refused chose these words: plain ASCII, and not many.
    private static string Words(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        var words = $"{request.Method} {request.Path.ToUriComponent()}{(origin.Length == 0 ? "" : " from ")}{origin}";
        return string.Concat(words.Take(LongestReason).Select(c => char.IsAscii(c) && !char.IsControl(c) ? c : '?'));
    }
}
