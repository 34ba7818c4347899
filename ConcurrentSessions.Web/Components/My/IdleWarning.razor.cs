using System.Globalization;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace ConcurrentSessions.Web.Components.My;

/// <summary>
/// Warns before the session expires. Only what a person does counts as activity: neither this countdown nor anything else the page draws.
/// </summary>
public sealed partial class IdleWarning(SessionList list, SessionActivity activity, NavigationManager navigation, TimeProvider clock)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>Activity elsewhere and changed rules are noticed within this time, also far from the expiry.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private ITimer? timer;
    private SessionId? id;
    private SessionView? warned;
    private bool dismissed;
    private bool gone;

    [CascadingParameter]
    private Task<AuthenticationState>? AuthenticationState { get; set; }

    private bool CanStay => warned is not null && ExpiryWarning.CanStay(warned);

    private string Countdown
    {
        get
        {
            var left = warned!.ExpiresAt - clock.GetUtcNow();
            return (left > TimeSpan.Zero ? left : TimeSpan.Zero).ToString(@"m\:ss", CultureInfo.InvariantCulture);
        }
    }

    protected override async Task OnInitializedAsync()
    {
        if (RendererInfo.IsInteractive && AuthenticationState is not null && (id = (await AuthenticationState).User.GetSessionId()) is not null)
        {
            timer = clock.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            await LookAsync();
        }
    }

    public void Dispose()
    {
        gone = true;
        timer?.Dispose();
    }

    private void Ring() => _ = InvokeAsync(async () =>
    {
        if (!gone)
        {
            await LookAsync();
            StateHasChanged();
        }
    });

    private async Task LookAsync()
    {
        try
        {
            Judge(await list.FindAsync(id!.Value, CancellationToken.None));
        }
        catch (Exception failure) when (DatabaseFailure.Is(failure))
        {
            Next(TimeSpan.FromSeconds(15));
        }
    }

    private void Judge(SessionView? session)
    {
        var now = clock.GetUtcNow();
        if (session is null || session.EndedAt is not null)
        {
            return; // the circuit is being told, and leaves
        }

        if (session.ExpiresAt <= now)
        {
            navigation.NavigateTo("/Account/SignedOut", forceLoad: true);
            return;
        }

        var start = ExpiryWarning.StartsAt(session);
        var warns = start <= now;
        dismissed &= warns;
        warned = warns && !dismissed ? session : null;
        Next(warns ? Second : start - now);
    }

    private void Next(TimeSpan wait)
    {
        if (!gone)
        {
            var due = wait < Second ? Second : wait > Longest ? Longest : wait;
            timer?.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private void Dismiss() => (dismissed, warned) = (true, null);

    private async Task StayAsync()
    {
        // What has ended by time while the warning stood is not brought back.
        if (await list.FindAsync(id!.Value, CancellationToken.None) is { EndedAt: null } session && session.ExpiresAt > clock.GetUtcNow())
        {
            activity.Note(id!.Value, clock.GetUtcNow());
        }

        await LookAsync();
    }
}
