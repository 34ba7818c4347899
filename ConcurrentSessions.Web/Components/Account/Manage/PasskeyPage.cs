using System.Buffers.Text;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.SignIn;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account.Manage;

/// <summary>A page about one of the person's own passkeys, which its address names.</summary>
public abstract class PasskeyPage : ManagePage
{
    protected const string List = "/Account/Manage/Passkeys";

    [Parameter]
    public string? Id { get; set; }

    [Inject]
    protected RefusalTrail Refusals { get; set; } = default!;

    /// <summary>Null only while the browser is being sent away.</summary>
    protected UserPasskeyInfo? Passkey { get; private set; }

    protected override async Task LoadAsync(PortalUser user)
    {
        var id = CredentialId();
        Passkey = id is null ? null : await Users.GetPasskeyAsync(user, id);
        if (Passkey is null)
        {
            if (id is not null && await Users.FindByPasskeyIdAsync(id) is not null)
            {
                await Refusals.NoteAsync(HttpContext, AuditNames.ForeignObject, "somebody else's passkey");
            }

            Redirects.ToWithStatus(List, AccountStatus.Failed("There is no such passkey in your account."));
        }
    }

    private byte[]? CredentialId()
    {
        try
        {
            return string.IsNullOrEmpty(Id) ? null : Base64Url.DecodeFromChars(Id);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
