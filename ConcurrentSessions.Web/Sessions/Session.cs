using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Risk;

namespace ConcurrentSessions.Web.Sessions;

/// <summary>One signed-in browser of one user, from start to end. The row decides: a cookie whose row has ended opens nothing.</summary>
public sealed class Session
{
    /// <summary>How old the last proof of a factor may be before an act that needs a fresh one (ASVS 7.5.1, 7.5.2, 7.5.3).</summary>
    public static readonly TimeSpan FreshProof = TimeSpan.FromMinutes(5);

    /// <summary>For how long after a person's last input a page counts as being used.</summary>
    public static readonly TimeSpan PageUse = TimeSpan.FromMinutes(3);

    private Session()
    {
    }

    public SessionId Id { get; private init; }

    /// <summary>SHA-256 of the key in the cookie.</summary>
    public required byte[] KeyHash { get; set; }

    public required string UserId { get; init; }

    public Guid DeviceId { get; init; }

    /// <summary>The user's security stamp when a factor was last proved here: another one means the credentials changed elsewhere.</summary>
    public required string SecurityStamp { get; set; }

    public AuthenticationMethod Method { get; init; }

    /// <summary>Null when there was none, and once it is as old as <c>Privacy:IpAddressDays</c>: then <see cref="IpNetwork"/> is all that is left.</summary>
    public string? IpAddress { get; init; }

    public string? IpNetwork { get; init; }

    public required string UserAgent { get; init; }

    public required DeviceDescription Device { get; init; }

    public required Place Place { get; init; }

    /// <summary>What was not usual about the sign-in; null where that was not looked at yet.</summary>
    public RiskReasons? RiskReasons { get; private set; }

    /// <summary>What that led to.</summary>
    public RiskResponse? RiskResponse { get; private set; }

    /// <summary>"Remember me": the cookie outlives the browser.</summary>
    public bool Remembered { get; init; }

    /// <summary>UTC.</summary>
    public DateTimeOffset StartedAt { get; private init; }

    /// <summary>The last activity written down (UTC); <see cref="SessionActivity"/> may know of a later one.</summary>
    public DateTimeOffset LastSeenAt { get; private set; }

    /// <summary>When a factor was last proved in this session (UTC).</summary>
    public DateTimeOffset ProvedAt { get; private set; }

    /// <summary>The last input into an open page (UTC), as far as written down; <see cref="SessionActivity"/> may know of a later one.</summary>
    public DateTimeOffset? PageUsedAt { get; private set; }

    /// <summary>When it is to make room (UTC), as told to whoever uses it; null unless a sign-in waits for that.</summary>
    public DateTimeOffset? LeavesAt { get; set; }

    public TimeSpan IdleTimeout { get; private set; }

    /// <summary>When it ends unless it is used (UTC).</summary>
    public DateTimeOffset IdleExpiresAt { get; private set; }

    /// <summary>When it ends whatever happens (UTC).</summary>
    public DateTimeOffset ExpiresAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public EndReason? EndReason { get; private set; }

    /// <summary>Its owner wants it to be the last that the limit ends (<see cref="KeptSessions"/>); at most one of a user's.</summary>
    public bool IsKept { get; set; }

    /// <summary>The user who ended it; null when the portal or an operator did.</summary>
    public string? EndedBy { get; private set; }

    /// <summary>The session it was ended from: the newcomer's, or the one where "Sign out" was pressed.</summary>
    public SessionId? EndedFrom { get; private set; }

    /// <summary>What the administrator who ended it tells its user; see <see cref="Sessions.EndNote"/>.</summary>
    public string? EndNote { get; private set; }

    public static Session Start(
        SessionId id, DateTimeOffset now, SessionLifetime lifetime, SignInRequest request, SessionKey key, Device device, string stamp)
    {
        var session = new Session
        {
            Id = id,
            KeyHash = key.Hash(),
            UserId = request.UserId,
            DeviceId = device.Id,
            SecurityStamp = stamp,
            Method = request.Method,
            IpAddress = request.Client.IpAddress,
            IpNetwork = Network.Of(request.Client.IpAddress),
            UserAgent = request.Client.UserAgent,
            Device = request.Client.Device,
            Place = request.Client.Place,
            Remembered = request.Remember,
            StartedAt = now,
            ProvedAt = request.ProvedAt ?? now,
        };
        session.LastSeenAt = now;
        session.Apply(lifetime);
        return session;
    }

    /// <summary>Keeps what was decided on the sign-in.</summary>
    public void Keep(SignInVerdict verdict) => (RiskReasons, RiskResponse) = (verdict.Reasons, verdict.Response);

    /// <summary>Why it is over by time at <paramref name="now"/>, if it is.</summary>
    public EndReason? Expired(DateTimeOffset now) =>
        now >= ExpiresAt ? Sessions.EndReason.LifetimeReached
        : now >= IdleExpiresAt ? Sessions.EndReason.IdleTimeout
        : null;

    public bool IsActive(DateTimeOffset now) => EndedAt is null && Expired(now) is null;

    /// <summary>Moves the idle expiry; never the absolute one, and never an ended session.</summary>
    public void Touch(DateTimeOffset seen)
    {
        if (EndedAt is null && seen > LastSeenAt)
        {
            LastSeenAt = seen;
            IdleExpiresAt = Earlier(seen + IdleTimeout, ExpiresAt);
        }
    }

    /// <summary>A person used an open page of it.</summary>
    public void UsePage(DateTimeOffset? used)
    {
        if (EndedAt is null && (PageUsedAt is null || used > PageUsedAt))
        {
            PageUsedAt = used;
        }
    }

    public bool IsPageInUse(DateTimeOffset now) => PageUsedAt + PageUse > now;

    /// <summary>Takes on a lifetime, also one changed while the session lives.</summary>
    public void Apply(SessionLifetime lifetime)
    {
        IdleTimeout = lifetime.IdleTimeout;
        ExpiresAt = StartedAt + lifetime.AbsoluteLifetime;
        IdleExpiresAt = Earlier(LastSeenAt + IdleTimeout, ExpiresAt);
    }

    /// <summary>A factor was proved again: a new key, the same session (ASVS 7.2.4).</summary>
    public void Renew(SessionKey key, DateTimeOffset now)
    {
        KeyHash = key.Hash();
        ProvedAt = now;
        Touch(now);
    }

    /// <returns>False when it had ended before: the first reason stands.</returns>
    public bool End(EndReason reason, Actor by, DateTimeOffset now, EndNote note = default)
    {
        if (EndedAt is not null)
        {
            return false;
        }

        EndedAt = now > LastSeenAt ? now : LastSeenAt; // the clock of another node may have been ahead
        EndReason = reason;
        EndedBy = by.UserId;
        EndNote = note.Text;
        EndedFrom = by.SessionId is { } from ? new SessionId(from) : null;
        return true;
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
