using System.Security.Claims;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;

namespace ConcurrentSessions.Web.Components.My;

/// <summary>A page about the signed-in person's sessions: reads, reads again when something changes, and lets its times run.</summary>
public abstract class LivePage : ComponentBase, IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource gone = new();
    private IDisposable? subscription;
    private ITimer? ticking;
    private int queued;

    protected ClaimsPrincipal Me { get; private set; } = new();

    protected string UserId { get; private set; } = "";

    protected SessionId? Current { get; private set; }

    protected DateTimeOffset Now { get; private set; }

    protected bool Loading { get; private set; } = true;

    protected bool Failed { get; private set; }

    /// <summary>Cancelled when the person leaves the page.</summary>
    protected CancellationToken Gone => gone.Token;

    [CascadingParameter]
    private Task<AuthenticationState> AuthenticationState { get; set; } = default!;

    [Inject]
    private ISessionSignal Signal { get; set; } = default!;

    [Inject]
    protected TimeProvider Clock { get; set; } = default!;

    protected sealed override async Task OnInitializedAsync()
    {
        Me = (await AuthenticationState).User;
        Current = Me.GetSessionId();
        if (Me.GetUserId() is not { } userId)
        {
            return;
        }

        UserId = userId;
        if (RendererInfo.IsInteractive)
        {
            // First listen, then look: what changes in between is heard or seen.
            subscription = Signal.Subscribe(userId, _ => Heard());
            ticking = Clock.CreateTimer(_ => Run(Tock), null, Tick, Tick);
        }

        await ReloadAsync();
    }

    /// <summary>Reads what the page shows; a failing database is dealt with here, not there.</summary>
    protected abstract Task LoadAsync();

    protected async Task ReloadAsync()
    {
        try
        {
            await LoadAsync();
            Failed = false;
        }
        catch (Exception failure) when (DatabaseFailure.Is(failure))
        {
            Failed = true;
        }

        Now = Clock.GetUtcNow();
        Loading = false;
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            subscription?.Dispose();
            ticking?.Dispose();
            gone.Cancel();
            gone.Dispose();
        }
    }

    // Many changes at once are read once. The teller is not kept waiting.
    private void Heard()
    {
        if (Interlocked.Exchange(ref queued, 1) == 0)
        {
            Run(async () =>
            {
                Interlocked.Exchange(ref queued, 0);
                await ReloadAsync();
            });
        }
    }

    private Task Tock()
    {
        Now = Clock.GetUtcNow();
        return Task.CompletedTask;
    }

    private void Run(Func<Task> act) => _ = Task.Run(async () =>
    {
        try
        {
            await InvokeAsync(async () =>
            {
                if (!gone.IsCancellationRequested)
                {
                    await act();
                    StateHasChanged();
                }
            });
        }
        catch (Exception failure) when (failure is ObjectDisposedException or OperationCanceledException)
        {
            // The page is gone.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    });
}
