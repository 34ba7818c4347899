using System.Data.Common;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace ConcurrentSessions.Web.Circuits;

/// <summary>
/// Ties a circuit to its session: before anything the browser sends is executed the session is looked at, and once it has
/// ended nothing is, the page turns anonymous and leaves for the one that says why. The same when its user must first set up a
/// second factor: wherever their browser goes, it arrives at the page for that.
/// </summary>
internal sealed class SessionCircuitHandler(
    AuthenticationStateProvider state, NavigationManager navigation, ISessionSignal signal, SignedInSessions sessions,
    CircuitSession circuit, CircuitMetrics circuits, SessionMetrics metrics, TimeProvider clock, ILogger<SessionCircuitHandler> logger) : CircuitHandler
{
    /// <summary>How long a click waits for a database that is out of reach, before the page leaves.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Long enough for the emptied page to be drawn, which also takes away anything that could hold up the navigation.</summary>
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(20);

    private SessionId? session;
    private bool counted;
    private IDisposable? subscription;
    private int reading;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        circuits.Opened();
        counted = true;
        var user = (await state.GetAuthenticationStateAsync()).User;
        session = user.GetSessionId();
        if (session is not { } id || user.GetUserId() is not { } userId)
        {
            return;
        }

        // First listen, then look: what ends in between is heard or seen.
        subscription = signal.Subscribe(userId, Heard);
        state.AuthenticationStateChanged += Changed;
        if (await sessions.FindAsync(id, cancellationToken) is not { MustEnrol: false })
        {
            End();
        }
    }

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) =>
        async context =>
        {
            if (!circuit.Ended && (session is not { } id || await MayActAsync(id)))
            {
                await next(context);
            }
        };

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        state.AuthenticationStateChanged -= Changed;
        subscription?.Dispose();
        if (counted)
        {
            counted = false;
            circuits.Closed();
        }

        return Task.CompletedTask;
    }

    private void Heard(SessionChange change)
    {
        if (change.Kind == SessionChangeKind.Ended && change.Session == session)
        {
            var isNews = !circuit.Ended;
            End();
            if (isNews)
            {
                metrics.CircuitTold(change);
            }
        }
        else if (change.Kind == SessionChangeKind.UserChanged)
        {
            _ = ReadUserAgainAsync();
        }
    }

    // Waiting keeps what was clicked: dropping it would leave a page that no longer answers once the database is back.
    private async Task<bool> MayActAsync(SessionId id)
    {
        var asked = clock.GetTimestamp();
        while (!circuit.Ended)
        {
            try
            {
                if (await sessions.FindAsync(id, CancellationToken.None) is { MustEnrol: false })
                {
                    return true;
                }

                End();
            }
            catch (DbException failure) when (clock.GetElapsedTime(asked) < Patience)
            {
                logger.LogWarning("A circuit waits for the database: {Reason}", failure.Message);
                await Task.Delay(Pause, clock);
            }
            catch (DbException)
            {
                End();
            }
        }

        return false;
    }

    // A reconnect can bring another session, or none: the circuit belongs to the one it was opened for.
    private async void Changed(Task<AuthenticationState> changed)
    {
        try
        {
            if ((await changed).User.GetSessionId() != session)
            {
                End();
            }
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "The user of session {SessionId} could not be read: the circuit ends", session);
            circuit.Ended = true;
        }
    }

    private void End()
    {
        if (!circuit.Ended)
        {
            circuit.Ended = true;

            // Told before the page turns anonymous: a click that was under way may stumble over that, and take the circuit with it.
            Leave();
            (state as SessionAuthenticationState)?.BecomeNobody();
            _ = LeaveAgainAsync();
        }
    }

    private void Leave()
    {
        try
        {
            navigation.NavigateTo("/Account/SignedOut", forceLoad: true);
        }
        catch (Exception failure)
        {
            // The browser is gone or deaf; nothing it sends is executed all the same.
            logger.LogDebug(failure, "A circuit of session {SessionId} could not be sent away", session);
        }
    }

    private async Task LeaveAgainAsync()
    {
        await Task.Delay(Redraw, TimeProvider.System);
        Leave();
    }

    private async Task ReadUserAgainAsync()
    {
        try
        {
            // The latest reading counts; an earlier one that comes late may still hold a role that is gone.
            var mine = Interlocked.Increment(ref reading);
            if (session is { } id && await sessions.FindAsync(id, CancellationToken.None) is { MustEnrol: false } found)
            {
                if (!circuit.Ended && mine == Volatile.Read(ref reading))
                {
                    (state as SessionAuthenticationState)?.Become(found.Principal);
                }
            }
            else
            {
                End();
            }
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "The user of session {SessionId} could not be read again: the circuit ends", session);
            End();
        }
    }
}
