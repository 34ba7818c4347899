using System.Net;
using ConcurrentSessions.Web.Data;
using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>Administrators who must set up a second factor, and do.</summary>
public static class Enrolling
{
    /// <returns>A browser in which the administrator is signed in and must set up a second factor.</returns>
    public static async Task<Visitor> MustEnrolAsync(this PortalFactory portal, string administrator)
    {
        await portal.RequireSecondFactorAsync(Roles.Admin);
        var laptop = portal.NewVisitor();
        using var answer = await laptop.SignInAsync(administrator);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return laptop;
    }

    /// <returns>The key of the app that was set up.</returns>
    public static async Task<string> TurnOnAsync(this PortalFactory portal, Visitor laptop, string userId)
    {
        var form = await laptop.OpenFormAsync("/Account/Manage/EnableAuthenticator", "enable-authenticator");
        var key = await portal.KeyAsync(userId);
        using var on = await laptop.PostAsync("/Account/Manage/EnableAuthenticator", [.. form, ("Input.Code", portal.CodeOf(key))]);
        Assert.Contains("Recovery codes", await on.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        return key;
    }

    public static Task<string> KeyAsync(this PortalFactory portal, string userId) =>
        portal.AsIdentityAsync(async users => (await users.GetAuthenticatorKeyAsync((await users.FindByIdAsync(userId))!))!);
}
