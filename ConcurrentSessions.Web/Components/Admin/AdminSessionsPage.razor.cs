using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Components.Routing;

namespace ConcurrentSessions.Web.Components.Admin;

public sealed partial class AdminSessionsPage
{
    private SessionQuery query = new();
    private SessionFilter filter = new();
    private IReadOnlyList<string> roles = [];
    private SessionsFound? found;
    private SessionId? current;

    // What is about to be ended: of other filters nothing was said.
    private SessionFilter? ending;

    private string Counted => PanelWords.Count(found!.Total, filter.Ended ? "ended session" : "active session") is var words && found.OrMore
        ? $"More than {words}" : words;

    private string Export => "/admin/sessions/export" + new Uri(Navigation.Uri).Query;

    protected override async Task OnInitializedAsync()
    {
        Navigation.LocationChanged += Moved;
        current = (await MeAsync()).GetSessionId();
        query = SessionQuery.Read(new Uri(Navigation.Uri).Query);
        await LoadAsync();
    }

    protected override void Leave() => Navigation.LocationChanged -= Moved;

    protected override async Task ReadAsync(CancellationToken ct)
    {
        roles = [.. (await Limits.ListAsync(ct)).Select(r => r.Role)];
        if (query.Filter() is { } wanted)
        {
            (filter, found) = (wanted, await Explorer.SearchAsync(wanted, query.Order, query.From, ct));
        }
        else
        {
            // Nothing at all, also not what was shown before: whatever is shown can be ended.
            (filter, found) = (new() { Ended = query.State is "ended" }, new([], 0, false, null, null));
        }
    }

    // Back and forward, too: the address alone says what is shown.
    private void Moved(object? sender, LocationChangedEventArgs moved)
    {
        var address = new Uri(moved.Location);
        if (address.AbsolutePath == "/admin/sessions")
        {
            _ = InvokeAsync(async () =>
            {
                query = SessionQuery.Read(address.Query);
                ending = Busy ? ending : null;
                await LoadAsync();
                StateHasChanged();
            });
        }
    }

    private async Task<BulkEffect?> PreviewAsync(SessionFilter chosen)
    {
        BulkEffect? effect = null;
        var by = (await MeAsync()).ToActor();
        await LoadAsync(async ct => effect = await Administration.PreviewEndingAsync(chosen, by, ct));
        return effect;
    }

    private async Task EndAsync(SessionFilter chosen, EndNote note, Action<BulkEffect> done, CancellationToken stop)
    {
        if (await ActAsync(
            (by, _) => Administration.EndMatchingAsync(chosen, note, done, by, stop), ended => $"{PanelWords.Count(ended, "session")} ended."))
        {
            ending = null;
        }
    }

    private async Task EndAsync(SessionOfUser row)
    {
        var mine = row.Session.Id == current ? " This is the session you are using: you will be signed out." : "";
        if (await ConfirmAsync($"Sign out {row.Owner}?", $"The session on {row.Session.DeviceName} ends at once.{mine}", "Sign out"))
        {
            await ActAsync(
                (by, ct) => Administration.EndSessionAsync(row.Session.UserId, row.Session.Id, by, ct),
                $"{row.Owner} is signed out on {row.Session.DeviceName}.");
        }
    }
}
