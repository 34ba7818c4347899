using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Circuits;

/// <summary>
/// Lets only the portal's own pages open circuits (ASVS 4.4.2), only for who is signed in, and only so many for each. It is also the
/// second line behind <see cref="SessionCircuitHandler"/>: a socket whose session has ended is cut, should its browser ignore being sent away.
/// </summary>
internal sealed class CircuitConnections(
    RequestDelegate next, ISessionSignal signal, SameOrigin origin, CircuitPlaces places, RefusalTrail refusals, IOptions<CircuitSettings> settings,
    IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/_blazor", StringComparison.OrdinalIgnoreCase, out var rest))
        {
            return ServeOwnPageAsync(context, rest);
        }

        if (IsLivePage(context) && context.User.GetUserId() is { } user && places.AreTaken(user))
        {
            context.Features.Set(new TooManyPages(settings.Value.PerUser));
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return Task.CompletedTask;
        }

        return next(context);
    }

    private static bool IsLivePage(HttpContext context) => HttpMethods.IsGet(context.Request.Method)
        && context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null && context.AcceptsInteractiveRouting();

    private Task ServeOwnPageAsync(HttpContext context, PathString rest)
    {
        // A node that stops has cut its circuits already but still listens for a moment: one opened now would hold it up for 30 s.
        if (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            context.Response.Headers.Connection = "close";
            return Refuse(context, StatusCodes.Status503ServiceUnavailable);
        }

        return origin.IsOwn(context.Request) ? ServeUserAsync(context, rest) : RefuseForeignAsync(context);
    }

    private async Task RefuseForeignAsync(HttpContext context)
    {
        await refusals.NoteAsync(context, AuditNames.ForeignOrigin, "a circuit for a foreign page");
        await Refuse(context, StatusCodes.Status403Forbidden);
    }

    // Nobody needs a circuit without a session. To say goodbye to one is for everybody: its browser may be signed out by then.
    // Whatever is not named here is a connection, however it is spelt: routing minds neither capitals nor a slash at the end.
    private Task ServeUserAsync(HttpContext context, PathString rest) =>
        Is(rest, "disconnect") || Is(rest, "initializers") ? next(context)
            : context.User.GetSessionId() is not { } session || context.User.GetUserId() is not { } user ? Refuse(context, StatusCodes.Status401Unauthorized)
            : Is(rest, "negotiate") ? next(context)
            : ServeSocketAsync(context, session, user);

    private static bool Is(PathString rest, string name) => rest.Value.AsSpan().Trim('/').Equals(name, StringComparison.OrdinalIgnoreCase);

    private async Task ServeSocketAsync(HttpContext context, SessionId session, string user)
    {
        using var place = places.Take(user);
        if (!place.IsAcquired)
        {
            await Refuse(context, StatusCodes.Status429TooManyRequests);
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

    private static Task Refuse(HttpContext context, int status)
    {
        // A program asked: it gets the status, and no page.
        context.Features.Get<IStatusCodePagesFeature>()?.Enabled = false;
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
