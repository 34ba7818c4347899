using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ConcurrentSessions.Web.Components.My;

public sealed partial class SessionsPage(
    SessionList list, SessionEnder ender, RoleLimits limits, UsualPlaces places, KeptSessions kept, IDialogService dialogs, ISnackbar snackbar, NavigationManager navigation)
{
    private const string EndOthers = "end-others";
    internal const string ProveFirst = "/Account/Reauthenticate?ReturnUrl=%2Fsessions";

    private IReadOnlyList<SessionView> sessions = [];
    private HashSet<string> usual = [];
    private EffectiveRules? rules;
    private string? announcement;
    private bool busy;
    private bool resumed;

    /// <summary>What the person had asked for before they were sent to prove who they are.</summary>
    [SupplyParameterFromQuery(Name = "then")]
    private string? Then { get; set; }

    private List<SessionView> Others => [.. sessions.Where(s => s.Id != Current)];

    private string SeatsText => rules?.Limit.Seats is { } seats
        ? $"{sessions.Count} of {seats} {(seats == 1 ? "session" : "sessions")} in use, as set by {rules.DecidedBy.Replace("the user's", "your", StringComparison.Ordinal)}."
        : $"{sessions.Count} {(sessions.Count == 1 ? "session" : "sessions")} in use; your number is not limited.";

    protected override async Task LoadAsync()
    {
        var before = rules is null ? null : sessions;
        rules = await limits.EffectiveAsync(UserId, Gone);

        // By start, not by use: rows must not move under a finger that is about to press one.
        sessions = [.. (await list.ActiveAsync(UserId, Gone)).OrderByDescending(s => s.Id == Current).ThenByDescending(s => s.StartedAt)];
        usual = [.. (await places.ListAsync(UserId, Gone)).Select(p => p.PlaceKey)];
        Announce(before);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!Loading && !Failed && !resumed && Then == EndOthers)
        {
            resumed = true;
            var proved = Me.HasFreshProof(Clock.GetUtcNow());
            await EndOthersAsync(); // or away, to prove it first

            // Afterwards: going to another address closes the dialog. A reload must not ask again.
            if (proved)
            {
                navigation.NavigateTo("/sessions", replace: true);
            }
        }
    }

    private void Announce(IReadOnlyList<SessionView>? before)
    {
        if (before is null)
        {
            return;
        }

        string[] changes =
        [
            .. sessions.ExceptBy(before.Select(s => s.Id), s => s.Id).Select(s => $"New session: {s.DeviceName}."),
            .. before.ExceptBy(sessions.Select(s => s.Id), s => s.Id).Select(s => $"Session ended: {s.DeviceName}."),
        ];
        if (changes.Length > 0)
        {
            announcement = string.Join(' ', changes);
        }
    }

    private async Task EndAsync(SessionView session)
    {
        if (!Me.HasFreshProof(Clock.GetUtcNow()))
        {
            navigation.NavigateTo(ProveFirst, forceLoad: true);
            return;
        }

        await WriteAsync(async () =>
        {
            var ended = await ender.EndOneAsync(UserId, session.Id, EndReason.Revoked, Me.ToActor(), CancellationToken.None);
            return ended ? $"{session.DeviceName} is signed out." : $"{session.DeviceName} had been signed out before.";
        });
    }

    private async Task EndOthersAsync()
    {
        if (!Me.HasFreshProof(Clock.GetUtcNow()))
        {
            navigation.NavigateTo(ProveFirst + "%3Fthen%3Dend-others", forceLoad: true);
            return;
        }

        if (Others is not { Count: > 0 and var count })
        {
            snackbar.Add("You are signed in nowhere else.", Severity.Info);
            return;
        }

        var devices = count == 1 ? "1 other device" : $"{count} other devices";
        if (Current is { } current && await ConfirmAsync(devices) is { } forget)
        {
            await WriteAsync(async () =>
            {
                var ended = await ender.EndOthersAsync(UserId, current, EndReason.Revoked, Me.ToActor(), CancellationToken.None, forget);
                return ended == 1 ? "1 other device is signed out." : $"{ended} other devices are signed out.";
            });
        }
    }

    // Whether the devices shall be forgotten too; null when the person thought better of it.
    private async Task<bool?> ConfirmAsync(string devices)
    {
        var parameters = new DialogParameters<EndOthersDialog>
        {
            {
                d => d.Text,
                $"This signs out {devices} at once: {string.Join("; ", Others.Take(5).Select(s => s.DeviceName))}{(Others.Count > 5 ? " and more" : "")}. "
                + "What is not saved there is lost. This device stays signed in."
            },
            { d => d.Yes, $"Sign out {devices}" },
        };
        var dialog = await dialogs.ShowAsync<EndOthersDialog>(
            "Sign out all other devices?", parameters, new DialogOptions { MaxWidth = MaxWidth.ExtraSmall, FullWidth = true });
        return await dialog.Result is { Canceled: false, Data: bool forget } ? forget : null;
    }

    private bool IsUsual(SessionView session) =>
        usual.Contains(session.Place.IsKnown ? KnownLocation.KeyOf(session.Place) : KnownLocation.KeyOfNetwork(Network.Of(session.IpAddress)) ?? "");

    private Task CallUsualAsync(SessionView session) => WriteAsync(async () =>
        await places.AddAsync(UserId, session.Id, Me.ToActor(), CancellationToken.None)
            ? "This place is usual from now on. You can take that back under your devices."
            : "Nothing is known of this place; it cannot be called usual.");

    private Task KeepAsync(SessionView session) => WriteAsync(async () =>
    {
        var changed = session.IsKept
            ? await kept.KeepNoMoreAsync(UserId, session.Id, Me.ToActor(), CancellationToken.None)
            : await kept.KeepAsync(UserId, session.Id, Me.ToActor(), CancellationToken.None);
        return !changed ? $"{session.DeviceName} had changed meanwhile."
            : session.IsKept ? $"{session.DeviceName} is like any other again."
            : $"{session.DeviceName} is kept: when there are too many sessions, others make room first.";
    });

    private async Task RenameAsync(SessionView session)
    {
        var parameters = new DialogParameters<RenameDialog>
        {
            { d => d.UserId, UserId }, { d => d.DeviceId, session.DeviceId }, { d => d.Name, session.DeviceName }, { d => d.Described, session.Device.Name },
        };
        var dialog = await dialogs.ShowAsync<RenameDialog>("Rename this device", parameters, RenameDialog.Options);
        if (await dialog.Result is { Canceled: false, Data: string name })
        {
            snackbar.Add(name.Length == 0 ? "The device has its own name again." : $"The device is now called {name}.", Severity.Success);
            await ReloadAsync();
        }
    }

    private async Task WriteAsync(Func<Task<string>> act)
    {
        busy = true;
        try
        {
            snackbar.Add(await act(), Severity.Success);
        }
        catch (Exception failure) when (DatabaseFailure.Is(failure))
        {
            snackbar.Add(DatabaseFailure.OnWrite, Severity.Error);
        }
        finally
        {
            busy = false;
        }

        await ReloadAsync();
    }
}
