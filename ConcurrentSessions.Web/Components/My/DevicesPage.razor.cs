using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ConcurrentSessions.Web.Components.My;

public sealed partial class DevicesPage(
    Devices store, UsualPlaces usual, SessionList list, IDialogService dialogs, ISnackbar snackbar, NavigationManager navigation)
{
    private const string ProveFirst = "/Account/Reauthenticate?ReturnUrl=%2Fsessions%2Fdevices";

    private IReadOnlyList<DeviceView> devices = [];
    private List<KnownLocation> places = [];
    private Guid? currentDevice;
    private bool busy;

    protected override async Task LoadAsync()
    {
        devices = await store.ListAsync(UserId, Gone);
        places = [.. await usual.ListAsync(UserId, Gone)];
        currentDevice = Current is { } current ? (await list.FindAsync(current, Gone))?.DeviceId : null;
    }

    private async Task RenameAsync(DeviceView device)
    {
        var parameters = new DialogParameters<RenameDialog>
        {
            { d => d.UserId, UserId }, { d => d.DeviceId, device.Id }, { d => d.Name, device.Name }, { d => d.Described, device.Described },
        };
        var dialog = await dialogs.ShowAsync<RenameDialog>("Rename this device", parameters, RenameDialog.Options);
        if (await dialog.Result is { Canceled: false, Data: string name })
        {
            snackbar.Add(name.Length == 0 ? "The device has its own name again." : $"The device is now called {name}.", Severity.Success);
            await ReloadAsync();
        }
    }

    private async Task ForgetAsync(DeviceView device)
    {
        if (!Me.HasFreshProof(Clock.GetUtcNow()))
        {
            navigation.NavigateTo(ProveFirst, forceLoad: true);
            return;
        }

        var ends = device.IsSignedIn && device.Id != currentDevice ? "This signs it out at once; what is not saved there is lost. " : "";
        if (await dialogs.ShowMessageBoxAsync(
            $"Forget {device.Name}?",
            ends + "Its name is lost. At its next sign-in it is a new device: you are told by mail, and it is asked for your second factor, if you have one.",
            yesText: "Forget", cancelText: "Cancel", options: new DialogOptions { MaxWidth = MaxWidth.ExtraSmall, FullWidth = true }) is true)
        {
            await WriteAsync(async () => await store.ForgetAsync(UserId, device.Id, Me.ToActor(), CancellationToken.None)
                ? $"{device.Name} is forgotten." : $"{device.Name} had been forgotten before.");
        }
    }

    private Task RemoveAsync(KnownLocation place) => WriteAsync(async () =>
        await usual.RemoveAsync(UserId, place.PlaceKey, Me.ToActor(), CancellationToken.None)
            ? $"{place.Name} is no longer usual." : $"{place.Name} was not usual any more.");

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
