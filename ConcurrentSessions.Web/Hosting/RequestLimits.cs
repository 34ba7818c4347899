using System.Globalization;
using System.Threading.RateLimiting;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Hosting;

/// <summary>How much a request may bring, and how many a network may send (ASVS 2.4.1, 4.2.5).</summary>
internal static class RequestLimits
{
    /// <summary>The largest form is a passkey's answer, of a few KiB. In bytes.</summary>
    public const int LargestBody = 64 * 1024;

    private static readonly TimeSpan Refill = TimeSpan.FromSeconds(1);

    public static IServiceCollection AddRequestLimits(this IServiceCollection services)
    {
        services.Configure<KestrelServerOptions>(o => o.Limits.MaxRequestBodySize = LargestBody);
        services.Configure<HostFilteringOptions>(o => o.AllowEmptyHosts = false); // a request of HTTP/1.0 names its host as well, or is refused
        services.AddRateLimiter(_ => { });
        services.AddOptions<RateLimiterOptions>().Configure<IOptions<PortalOptions>>((limits, portal) =>
        {
            limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => IsCounted(context.Request)
                ? RateLimitPartition.GetTokenBucketLimiter(ClientReader.Network(ClientReader.Address(context)), _ => Bucket(portal.Value.PostsPerMinute))
                : RateLimitPartition.GetNoLimiter(""));
            limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limits.OnRejected = async (rejected, _) =>
            {
                var context = rejected.HttpContext;
                context.Response.Headers.RetryAfter = Refill.TotalSeconds.ToString(CultureInfo.InvariantCulture);
                await context.RequestServices.GetRequiredService<RefusalTrail>()
                    .NoteAsync(context, AuditNames.TooManyRequests, "too many forms from one network");
            };
        });
        return services;
    }

    // The forms of the account pages, which anybody may send, and what precedes every circuit.
    private static bool IsCounted(HttpRequest request) => HttpMethods.IsPost(request.Method)
        && (request.Path.StartsWithSegments("/Account", StringComparison.OrdinalIgnoreCase)
            || request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase));

    // A minute's worth may come at once; what is used up comes back evenly.
    private static TokenBucketRateLimiterOptions Bucket(int perMinute) => new()
    {
        TokenLimit = perMinute,
        TokensPerPeriod = Math.Max(1, perMinute / 60),
        ReplenishmentPeriod = Refill,
    };
}
