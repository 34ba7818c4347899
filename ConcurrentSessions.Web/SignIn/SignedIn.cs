using System.Security.Claims;
using ConcurrentSessions.Web.Sessions;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>A living session as requests need it: whose it is, how long it lives, and the principal it stands for.</summary>
public sealed class SignedIn(
    SessionId id, string userId, DateTimeOffset startedAt, TimeSpan idleTimeout, DateTimeOffset latestEnd, LastSeen lastSeen, ClaimsPrincipal principal)
{
    public SessionId Id => id;

    public string UserId => userId;

    public ClaimsPrincipal Principal => principal;

    /// <summary>UTC.</summary>
    public DateTimeOffset StartedAt => startedAt;

    /// <summary>When it ends whatever happens (UTC).</summary>
    public DateTimeOffset LatestEnd => latestEnd;

    public LastSeen LastSeen => lastSeen;

    public string Email { get; } = principal.FindFirstValue(ClaimTypes.Email) ?? "";

    /// <summary>A role requires a second factor and the user has none: nothing is open to them but setting one up.</summary>
    public bool MustEnrol { get; } = principal.MustEnrolFactor();

    /// <summary>In alphabetical order.</summary>
    public IReadOnlyList<string> Roles { get; } = [.. principal.FindAll(ClaimTypes.Role).Select(c => c.Value).Order(StringComparer.Ordinal)];

    /// <summary>When it ends unless it is used (UTC).</summary>
    public DateTimeOffset ExpiresAt => lastSeen.At + idleTimeout is var idle && idle < latestEnd ? idle : latestEnd;
}
