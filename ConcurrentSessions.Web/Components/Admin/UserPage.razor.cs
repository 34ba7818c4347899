using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Components;

namespace ConcurrentSessions.Web.Components.Admin;

public sealed partial class UserPage(
    UserDirectory directory, UserAdministration administration, LimitPreview preview, SessionList list, AuditTrail trail,
    ISessionSignal signal, TimeProvider clock)
{
    private const int Recent = 20;

    private UserView? user;
    private bool missing;
    private IReadOnlyList<SessionView> sessions = [];
    private IReadOnlyList<SessionView> history = [];
    private IReadOnlyList<AuditEntry> events = [];
    private DateTimeOffset now;
    private SessionId? current;
    private string? myId;
    private bool looksOnly;
    private string? heardId;
    private IDisposable? hearing;
    private int queued;

    [Parameter]
    public string Id { get; set; } = "";

    private bool IsMe => user?.Id == myId;

    private string AllEvents => $"/admin/audit?user={Uri.EscapeDataString(user?.Email ?? Id)}";

    protected override async Task OnParametersSetAsync()
    {
        var me = await MeAsync();
        (myId, current, looksOnly) = (me.GetUserId(), me.GetSessionId(), !me.IsInRole(Data.Roles.Admin));
        if (RendererInfo.IsInteractive && heardId != Id)
        {
            // First listen, then look: what changes in between is heard or seen.
            Leave();
            (heardId, hearing) = (Id, signal.Subscribe(Id, Heard));
        }

        await LoadAsync();
    }

    protected override async Task ReadAsync(CancellationToken ct)
    {
        var found = await directory.FindAsync(Id, ct);
        sessions = await list.ActiveAsync(Id, ct);
        history = await list.HistoryAsync(Id, Recent, ct);
        events = await trail.ReadAsync(new AuditFilter(UserId: Id), null, Recent, ct);
        (user, missing, now) = (found, found is null, clock.GetUtcNow());
    }

    protected override void Leave() => hearing?.Dispose();

    // Many changes at once are read once, and the teller is not kept waiting.
    private void Heard(SessionChange change)
    {
        if (Interlocked.Exchange(ref queued, 1) == 0)
        {
            _ = Task.Run(() => InvokeAsync(RefreshAsync));
        }
    }

    private async Task RefreshAsync()
    {
        Interlocked.Exchange(ref queued, 0);
        if (!Left)
        {
            await LoadAsync();
            StateHasChanged();
        }
    }

    private async Task ChangeRoleAsync((string Role, bool Grant) change)
    {
        var (role, email) = (change.Role, user!.Email);
        if (change.Grant && await ConfirmAsync($"Grant role {role}?", $"{email} gets the role {role}{Meaning(role, "")}.", $"Grant {role}"))
        {
            await ActAsync((by, ct) => administration.GrantRoleAsync(Id, role, by, ct), $"{email} has the role {role} now.");
        }
        else if (!change.Grant
            && await ConfirmAsync($"Revoke role {role}?", $"{email} loses the role {role}{Meaning(role, "no longer ")}.", $"Revoke {role}"))
        {
            await ActAsync((by, ct) => administration.RevokeRoleAsync(Id, role, by, ct), $"{email} no longer has the role {role}.");
        }
    }

    private async Task ChangeLimitAsync(UserLimit? limit)
    {
        LimitEffect effect;
        try
        {
            effect = await preview.ForUserAsync(Id, limit, Leaving);
        }
        catch (Exception failure) when (IsFromDatabase(failure))
        {
            Problem = NothingChanged;
            return;
        }

        var enforceNow = effect.Sessions == 0 ? false : await AskWhenAsync(
            "Lower the limit?",
            $"{user!.Email} has {PanelWords.Count(effect.Sessions, "session")} more than this limit allows. "
            + "Enforcing it now ends the least recently used.",
            $"Enforce now (ends {PanelWords.Count(effect.Sessions, "session")})");
        if (enforceNow is { } now)
        {
            await ActAsync((by, ct) => administration.ChangeLimitAsync(Id, limit, now, by, ct), "The limit is saved.");
        }
    }

    private async Task DisableAsync()
    {
        if (await ConfirmAsync($"Disable {user!.Email}?", $"They can no longer sign in, and {Ending}", "Disable"))
        {
            await EndingActAsync(administration.DisableAsync, $"{user.Email} is disabled");
        }
    }

    private async Task ForcePasswordResetAsync()
    {
        if (await ConfirmAsync(
            $"Force a password reset for {user!.Email}?",
            $"The password opens nothing any more, a link to choose another one is mailed to {user.Email}, and {Ending}",
            "Force password reset"))
        {
            await EndingActAsync(administration.ForcePasswordResetAsync, $"{user.Email} has to choose a new password");
        }
    }

    private async Task RemoveSecondFactorAsync()
    {
        if (await ConfirmAsync(
            $"Remove the second factor of {user!.Email}?",
            $"Make sure first that it is really them who asks. Authenticator app, recovery codes and passkeys are forgotten, they are told by mail, and {Ending}",
            "Remove second factor"))
        {
            await EndingActAsync(administration.RemoveSecondFactorAsync, $"{user.Email} has no second factor any more");
        }
    }

    private string Ending => $"{PanelWords.Count(sessions.Count, "active session")} {(sessions.Count == 1 ? "ends" : "end")} at once.";

    private Task<bool> EndingActAsync(Func<string, Actor, CancellationToken, Task<AdministrationResult>> act, string done) => ActAsync(
        async (by, ct) =>
        {
            var result = await act(Id, by, ct);
            return (result, result.Ended.Count);
        },
        ended => $"{done}; {PanelWords.Count(ended, "session")} ended.");

    private Task EnableAsync() =>
        ActAsync((by, ct) => administration.EnableAsync(Id, by, ct), $"{user!.Email} may sign in again.");

    private Task EndAsync(SessionView session) =>
        ActAsync((by, ct) => administration.EndSessionAsync(Id, session.Id, by, ct), $"{session.DeviceName} is signed out.");

    private async Task EndAllAsync()
    {
        var mine = IsMe ? " That includes this one: you will be signed out." : "";
        if (await ConfirmAsync(
            $"Sign out {user!.Email} everywhere?",
            $"{PanelWords.Count(sessions.Count, "active session")} and every sign-in under way {(sessions.Count == 0 ? "ends" : "end")} at once.{mine}",
            "Sign out everywhere"))
        {
            await ActAsync(
                (by, ct) => administration.EndAllSessionsAsync(Id, by, ct),
                ended => $"{PanelWords.Count(ended, "session")} of {user.Email} ended.");
        }
    }

    private static string Meaning(string role, string no) =>
        role == Data.Roles.Admin ? $" and may {no}administer everybody"
        : role == Data.Roles.Auditor ? $" and may {no}look at everything here, without changing it" : "";
}
