using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace ConcurrentSessions.Bench.IdentityCookie;

/// <summary>The portal's answer to GET /api/session, member by member.</summary>
internal sealed record SessionAnswer(
    string Id, UserAnswer User, IReadOnlyList<string> Roles,
    DateTime SignedInAt, DateTime LastActiveAt, DateTime IdleExpiresAt, DateTime ExpiresAt)
{
    /// <summary>From the claims and the ticket alone. A self-contained cookie names no session: the user's id stands for it.</summary>
    public static SessionAnswer From(HttpContext http, TimeProvider clock)
    {
        var ticket = http.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties;
        var (issued, expires) = (ticket?.IssuedUtc?.UtcDateTime ?? default, ticket?.ExpiresUtc?.UtcDateTime ?? default);
        var id = http.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";
        return new(
            id, new(id, http.User.FindFirstValue(ClaimTypes.Email) ?? ""),
            [.. http.User.FindAll(ClaimTypes.Role).Select(c => c.Value).Order(StringComparer.Ordinal)],
            issued, clock.GetUtcNow().UtcDateTime, expires, expires);
    }

    public static SessionAnswer Nobodys(TimeProvider clock)
    {
        const string id = "00000000-0000-0000-0000-000000000000";
        var now = clock.GetUtcNow().UtcDateTime;
        return new(id, new(id, "nobody@bench.example"), ["User"], now, now, now, now);
    }
}

internal sealed record UserAnswer(string Id, string Email);
