using System.Data.Common;
using System.Globalization;
using System.Security.Claims;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using MudBlazor;

namespace ConcurrentSessions.Web.Components.Admin;

/// <summary>What the panel's pages share: reading with a way to retry, acting in the administrator's name, and leaving.</summary>
public abstract class PanelPage : ComponentBase, IDisposable
{
    protected const string NothingChanged = "The database did not answer, so nothing was changed. Try again.";

    private readonly CancellationTokenSource leaving = new();

    // The token outlives its source: a late reader finds it cancelled, not disposed.
    protected PanelPage() => Leaving = leaving.Token;

    [Inject]
    protected ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    protected IDialogService Dialogs { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ILoggerFactory Loggers { get; set; } = default!;

    [CascadingParameter]
    private Task<AuthenticationState> SignedIn { get; set; } = default!;

    /// <summary>The database did not answer when the page was read.</summary>
    protected bool Failed { get; private set; }

    /// <summary>An act is under way: its buttons wait.</summary>
    protected bool Busy { get; private set; }

    /// <summary>One sentence on why the last act was refused; null when it was not.</summary>
    protected string? Problem { get; set; }

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Leaving { get; }

    protected bool Left => Leaving.IsCancellationRequested;

    protected async Task<ClaimsPrincipal> MeAsync() => (await SignedIn).User;

    public void Dispose()
    {
        Leave();
        leaving.Cancel();
        leaving.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task ReadAsync(CancellationToken ct);

    /// <summary>What a page lets go of when it is left.</summary>
    protected virtual void Leave()
    {
    }

    protected Task LoadAsync() => LoadAsync(ReadAsync);

    protected async Task LoadAsync(Func<CancellationToken, Task> read)
    {
        try
        {
            Failed = false;
            await read(Leaving);
        }
        catch (OperationCanceledException) when (Left)
        {
            // The page was left while it was read.
        }
        catch (Exception failure) when (IsFromDatabase(failure))
        {
            Failed = true;
            Log(failure);
        }
    }

    /// <summary>Does an act in the administrator's name, says what came of it and reads the page again.</summary>
    /// <param name="done">The sentence for an act that was done.</param>
    protected Task ActAsync(Func<Actor, CancellationToken, Task<AdministrationResult>> act, string done) =>
        ActAsync(async (by, ct) => (await act(by, ct), 0), _ => done);

    /// <inheritdoc cref="ActAsync(Func{Actor, CancellationToken, Task{AdministrationResult}}, string)"/>
    protected async Task<bool> ActAsync(
        Func<Actor, CancellationToken, Task<(AdministrationResult Result, int Ended)>> act, Func<int, string> done)
    {
        var me = await MeAsync();
        if (me.GetSessionId() is null)
        {
            return false; // the session has ended meanwhile, and the page leaves
        }

        (Busy, Problem) = (true, null);
        try
        {
            // An act that has begun is finished, also when its page is left.
            var (result, ended) = await act(me.ToActor(), CancellationToken.None);
            Problem = result.Problem;
            if (Problem is null)
            {
                Snackbar.Add(done(ended), Severity.Success);
            }
        }
        catch (Exception failure) when (IsFromDatabase(failure))
        {
            Problem = NothingChanged;
            Log(failure);
        }
        finally
        {
            Busy = false;
        }

        await LoadAsync();
        return Problem is null;
    }

    protected async Task<bool> ConfirmAsync(string title, string message, string yes) =>
        await Dialogs.ShowMessageBoxAsync(title, message, yesText: yes, cancelText: "Cancel") is true;

    /// <summary>Asks when a lower limit holds: true is now, false is at the next sign-in, null is not at all.</summary>
    protected Task<bool?> AskWhenAsync(string title, string message, string now) =>
        Dialogs.ShowMessageBoxAsync(title, message, yesText: now, noText: "At their next sign-in", cancelText: "Cancel");

    /// <summary>The one failure a page expects.</summary>
    protected static bool IsFromDatabase(Exception failure) =>
        failure is DbException or DbUpdateException or RetryLimitExceededException or TimeoutException;

    /// <summary>A page number in the address, from 1; anything else is the first page.</summary>
    protected static int PageNumber(string? typed) =>
        int.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page is >= 1 and <= 1_000_000 ? page : 1;

    /// <summary>Says in the address what is shown, so that it can be reloaded, kept and sent.</summary>
    protected void Show(Dictionary<string, object?> query) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(query));

    private void Log(Exception failure) =>
        Loggers.CreateLogger(GetType()).LogError(failure, "The database did not answer on {Page}", GetType().Name);
}
