using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;

namespace ConcurrentSessions.Web.Circuits;

/// <summary>
/// Lets only the portal's own pages open circuits (ASVS 4.4.2), and is the second line behind <see cref="SessionCircuitHandler"/>:
/// a socket whose session has ended is cut, should its browser ignore being sent away.
/// </summary>
internal sealed class CircuitConnections(RequestDelegate next, ISessionSignal signal, SameOrigin origin, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        // A node that stops has cut its circuits already but still listens for a moment: one opened now would hold it up for 30 s.
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.Connection = "close";
            return;
        }

        if (!origin.IsOwn(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        await ServeAsync(context);
    }

    private async Task ServeAsync(HttpContext context)
    {
        if (context.Request.Path != "/_blazor"
            || context.User.GetSessionId() is not { } session
            || context.User.GetUserId() is not { } user)
        {
            await next(context);
            return;
        }

        // Disposed asynchronously: a cut under way is waited for, so that it never meets the next request's context.
        await using var cut = new Timer(_ => context.Abort());
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
