using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>A sign-in that waits for a seat, and whom it may take one from.</summary>
/// <param name="Sessions">The user's active sessions in other browsers: this browser's own is replaced anyway.</param>
/// <param name="MustEnd">How many of them, at the least; 0 when there is room meanwhile.</param>
/// <param name="ReadyAt">When a seat is free (UTC), where there is nothing to choose.</param>
public sealed record WaitingSignIn(SessionKey Key, IReadOnlyList<SessionView> Sessions, int? Seats, int MustEnd, DateTimeOffset? ReadyAt)
{
    /// <summary>Reads what the browser's cookie stands for; null when nothing waits.</summary>
    public static async Task<WaitingSignIn?> FindAsync(
        HttpRequest request, SessionRegistry registry, SessionList list, RoleLimits limits, Devices devices, CancellationToken ct)
    {
        if (request.ReadKey(BrowserCookies.Pending) is not { } key || await registry.FindPendingAsync(key, ct) is not { } pending)
        {
            return null;
        }

        var seats = (await limits.EffectiveAsync(pending.UserId, ct)).Limit.Seats;
        var own = request.ReadKey(BrowserCookies.Device) is { } device ? await devices.FindAsync(pending.UserId, device, ct) : null;
        SessionView[] others = [.. (await list.ActiveAsync(pending.UserId, ct)).Where(s => s.DeviceId != own)];
        return new(key, others, seats, seats is { } most ? Math.Max(0, others.Length + 1 - most) : 0, pending.ReadyAt);
    }

    /// <summary>Those of the posted ids that can be ended here; anything else is somebody's attempt or has ended meanwhile.</summary>
    public IReadOnlyCollection<SessionId> Chosen(IEnumerable<string?> posted) =>
    [
        .. posted.Select(text => SessionId.TryParse(text, null, out var id) ? id : (SessionId?)null)
            .OfType<SessionId>().Distinct().Where(id => Sessions.Any(s => s.Id == id)),
    ];
}
