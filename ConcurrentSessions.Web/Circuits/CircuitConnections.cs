using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;

namespace ConcurrentSessions.Web.Circuits;

/// <summary>The second line: a socket whose session has ended is cut, should its browser ignore being sent away.</summary>
internal sealed class CircuitConnections(RequestDelegate next, ISessionSignal signal)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.Equals("/_blazor", StringComparison.OrdinalIgnoreCase)
            || context.User.GetSessionId() is not { } session
            || context.User.GetUserId() is not { } user)
        {
            await next(context);
            return;
        }

        using var cut = new Timer(_ => context.Abort());
        using var heard = signal.Subscribe(user, change =>
        {
            if (change.Kind == SessionChangeKind.Ended && change.Session == session)
            {
                cut.Change(Grace, Timeout.InfiniteTimeSpan);
            }
        });
        await next(context);
    }
}
