using System.Security.Claims;
using ConcurrentSessions.Web.Risk;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace ConcurrentSessions.Web.Components.My;

/// <summary>Says on every open page of a person, at once and on every node, that somebody else has signed in as them.</summary>
public sealed partial class NewSignIns(
    SessionList list, SessionEnder ender, UsualPlaces places, ISessionSignal signal, ISnackbar snackbar, NavigationManager navigation, TimeProvider clock)
{
    /// <summary>Notices shown at once; of the others it is said how many there are.</summary>
    private const int Most = 3;

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(30);

    private readonly List<SessionView> shown = [];
    private readonly HashSet<SessionId> heard = [];
    private ClaimsPrincipal me = new();
    private string userId = "";
    private IDisposable? subscription;
    private ITimer? ticking;
    private DateTimeOffset now;
    private bool busy;
    private bool gone;

    [CascadingParameter]
    private Task<AuthenticationState>? AuthenticationState { get; set; }

    protected override async Task OnInitializedAsync()
    {
        if (!RendererInfo.IsInteractive || AuthenticationState is null)
        {
            return;
        }

        me = (await AuthenticationState).User;
        if (me.GetUserId() is { } id && me.GetSessionId() is { } current)
        {
            userId = id;
            heard.Add(current);
            subscription = signal.Subscribe(id, Hear);
            ticking = clock.CreateTimer(_ => Run(() => Task.CompletedTask), null, Tick, Tick);
        }
    }

    // The proof of identity may be renewed while the page stays open.
    protected override async Task OnParametersSetAsync() => me = AuthenticationState is null ? me : (await AuthenticationState).User;

    public void Dispose()
    {
        gone = true;
        subscription?.Dispose();
        ticking?.Dispose();
    }

    private static string TextOf(SessionView session) => $"new-sign-in-{session.Id}";

    private static bool IsNewPlace(SessionView session) =>
        session.IpAddress is not null && session.Noted.HasFlag(RiskReasons.NewPlace);

    // The teller is not kept waiting.
    private void Hear(SessionChange change)
    {
        if (change is { Session: { } id, Kind: SessionChangeKind.Started })
        {
            Run(() => ShowAsync(id));
        }
        else if (change is { Session: { } ended, Kind: SessionChangeKind.Ended })
        {
            Run(() => TakeAway(ended));
        }
    }

    private async Task ShowAsync(SessionId id)
    {
        // A change is heard by a call and through the channel; a session is told of once.
        if (heard.Add(id) && await list.FindNewcomerAsync(userId, id, CancellationToken.None) is { } session)
        {
            shown.Insert(0, session);
        }
    }

    private Task TakeAway(SessionId ended)
    {
        if (shown.Find(s => s.Id == ended) is { } session)
        {
            shown.Remove(session);
            snackbar.Add($"{session.DeviceName}, {session.Place.Text}, is signed out.", Severity.Info);
        }

        return Task.CompletedTask;
    }

    private void Dismiss(SessionView session) => shown.Remove(session);

    private Task CallUsualAsync(SessionView session) => WriteAsync(async () =>
    {
        await places.AddAsync(userId, session.Id, me.ToActor(), CancellationToken.None);
        shown.Remove(session);
        snackbar.Add("This place is usual from now on. You can take that back under your devices.", Severity.Success);
    });

    private async Task EndAsync(SessionView session)
    {
        if (!me.HasFreshProof(clock.GetUtcNow()))
        {
            // There it stands at the top, with the same button.
            navigation.NavigateTo(SessionsPage.ProveFirst, forceLoad: true);
            return;
        }

        await WriteAsync(async () =>
        {
            await ender.EndOneAsync(userId, session.Id, EndReason.Revoked, me.ToActor(), CancellationToken.None);
            await TakeAway(session.Id);
        });
    }

    private async Task WriteAsync(Func<Task> act)
    {
        busy = true;
        try
        {
            await act();
        }
        catch (Exception failure) when (DatabaseFailure.Is(failure))
        {
            snackbar.Add(DatabaseFailure.OnWrite, Severity.Error);
        }
        finally
        {
            busy = false;
        }
    }

    private void Run(Func<Task> act) => _ = InvokeAsync(async () =>
    {
        try
        {
            if (!gone)
            {
                await act();
                now = clock.GetUtcNow();
                StateHasChanged();
            }
        }
        catch (Exception failure) when (DatabaseFailure.Is(failure) || gone)
        {
            // The list of sessions shows it as soon as the database answers.
        }
    });
}
