using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace ConcurrentSessions.Web.Components.My;

/// <summary>Tells whoever uses this page that its session makes room for another in a moment, and counts down to it.</summary>
public sealed partial class EvictionWarning(SessionList list, ISessionSignal signal, IDialogService dialogs, TimeProvider clock)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private SessionId? id;
    private IDisposable? subscription;
    private ITimer? ticking;
    private IDialogReference? dialog;
    private DateTimeOffset? leavesAt;
    private bool dismissed;
    private bool gone;

    [CascadingParameter]
    private Task<AuthenticationState>? AuthenticationState { get; set; }

    private int Seconds => leavesAt is { } at ? EvictionDialog.Seconds(at, clock.GetUtcNow()) : 0;

    protected override async Task OnInitializedAsync()
    {
        if (!RendererInfo.IsInteractive || AuthenticationState is null)
        {
            return;
        }

        var me = (await AuthenticationState).User;
        id = me.GetSessionId();
        if (id is not null && me.GetUserId() is { } userId)
        {
            // First listen, then look: what is announced in between is heard or seen.
            subscription = signal.Subscribe(userId, Hear);
            ticking = clock.CreateTimer(_ => Run(TickAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Run(LookAsync);
        }
    }

    public void Dispose()
    {
        gone = true;
        subscription?.Dispose();
        ticking?.Dispose();
    }

    private void Hear(SessionChange change)
    {
        if (change.Kind == SessionChangeKind.Updated && change.Session == id)
        {
            Run(LookAsync);
        }
    }

    private async Task LookAsync()
    {
        var session = await list.FindAsync(id!.Value, CancellationToken.None);
        var announced = session is { EndedAt: null } && session.LeavesAt + EvictionNotice.Patience > clock.GetUtcNow() ? session.LeavesAt : null;
        if (announced == leavesAt)
        {
            return;
        }

        (leavesAt, dismissed) = (announced, false);
        dialog?.Close();
        ticking?.Change(announced is null ? Timeout.InfiniteTimeSpan : Second, Second);
        if (announced is { } at)
        {
            await AskAsync(at);
        }
    }

    private async Task AskAsync(DateTimeOffset at)
    {
        var shown = await dialogs.ShowAsync<EvictionDialog>(
            "This session is about to end", new DialogParameters<EvictionDialog> { { d => d.LeavesAt, at } },
            new DialogOptions { MaxWidth = MaxWidth.ExtraSmall, FullWidth = true, BackdropClick = false });
        dialog = shown;

        // Not awaited here: what is heard meanwhile must find its way in.
        _ = shown.Result.ContinueWith(_ => Run(() => Closed(shown)), TaskScheduler.Default);
    }

    private Task Closed(IDialogReference closed)
    {
        if (closed == dialog)
        {
            (dialog, dismissed) = (null, true);
        }

        return Task.CompletedTask;
    }

    // The newcomer never came: nothing is announced any more, and nobody says so.
    private Task TickAsync()
    {
        if (leavesAt + EvictionNotice.Patience <= clock.GetUtcNow())
        {
            leavesAt = null;
            dialog?.Close();
            ticking?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        return Task.CompletedTask;
    }

    private void Run(Func<Task> act) => _ = InvokeAsync(async () =>
    {
        try
        {
            if (!gone)
            {
                await act();
                StateHasChanged();
            }
        }
        catch (Exception failure) when (DatabaseFailure.Is(failure) || gone)
        {
            // Without the warning the page leaves as it always did.
        }
    });
}
