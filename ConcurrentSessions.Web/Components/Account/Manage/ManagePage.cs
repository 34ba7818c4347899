using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account.Manage;

/// <summary>A page about the signed-in person's own account: finds them first, and leaves when they are gone. What it changes of how they sign in needs <see cref="FreshProofAttribute"/>.</summary>
public abstract class ManagePage : ComponentBase
{
    /// <summary>Null only while the browser is being sent away.</summary>
    protected PortalUser? CurrentUser { get; private set; }

    [CascadingParameter]
    protected HttpContext HttpContext { get; set; } = default!;

    [Inject]
    protected PortalUserManager Users { get; set; } = default!;

    [Inject]
    protected SignInManager<PortalUser> SignIn { get; set; } = default!;

    [Inject]
    protected AccountRedirects Redirects { get; set; } = default!;

    protected sealed override async Task OnInitializedAsync()
    {
        CurrentUser = await Users.GetUserAsync(HttpContext.User);
        if (CurrentUser is null)
        {
            Redirects.To("/Account/InvalidUser");
            return;
        }

        await LoadAsync(CurrentUser);
    }

    protected virtual Task LoadAsync(PortalUser user) => Task.CompletedTask;
}
