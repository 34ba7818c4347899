using System.Text.Json;
using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>What the account holds about a person, for them to keep. Secrets (password, authenticator key) are not in it.</summary>
public static class PersonalDataFile
{
    public const string Name = "PersonalData.json";

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    public static async Task<byte[]> WriteAsync(PortalUser user, UserManager<PortalUser> users)
    {
        var data = typeof(PortalUser).GetProperties()
            .Where(p => Attribute.IsDefined(p, typeof(PersonalDataAttribute)))
            .ToDictionary(p => p.Name, p => p.GetValue(user));
        data["Roles"] = await users.GetRolesAsync(user);
        data["Passkeys"] = (await users.GetPasskeysAsync(user)).Select(p => new { p.Name, p.CreatedAt });
        return JsonSerializer.SerializeToUtf8Bytes(data, Readable);
    }
}
