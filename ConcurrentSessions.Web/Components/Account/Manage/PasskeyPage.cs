using System.Buffers.Text;
using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account.Manage;

/// <summary>A page about one of the person's own passkeys, which its address names.</summary>
public abstract class PasskeyPage : ManagePage
{
    protected const string List = "/Account/Manage/Passkeys";

    [Parameter]
    public string? Id { get; set; }

    /// <summary>Null only while the browser is being sent away.</summary>
    protected UserPasskeyInfo? Passkey { get; private set; }

    protected override async Task LoadAsync(PortalUser user)
    {
        Passkey = CredentialId() is { } id ? await Users.GetPasskeyAsync(user, id) : null;
        if (Passkey is null)
        {
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
