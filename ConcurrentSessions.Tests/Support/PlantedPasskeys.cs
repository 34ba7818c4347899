using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace ConcurrentSessions.Tests.Support;

/// <summary>Passkeys that nobody holds, for what is asked of a row alone.</summary>
public static class PlantedPasskeys
{
    /// <summary>Beside the manager, which would end the sessions that look on.</summary>
    public static Task<int> PlantPasskeyAsync(this PortalFactory portal, string userId, byte id) => portal.InDatabaseAsync(db =>
    {
        db.UserPasskeys.Add(new()
        {
            UserId = userId,
            CredentialId = [id],
            Data = new()
            {
                PublicKey = [1], CreatedAt = portal.Clock.GetUtcNow(), SignCount = 0, Transports = [], IsUserVerified = true,
                IsBackupEligible = false, IsBackedUp = false, AttestationObject = [], ClientDataJson = [],
            },
        });
        return db.SaveChangesAsync();
    });

    /// <summary>Passkeys 1 and 2 are removed in two requests, each of which has read the account before the other writes.</summary>
    public static async Task<IdentityResult[]> RemoveBothPasskeysAtOnceAsync(this PortalFactory portal, string userId)
    {
        await using var one = portal.Services.CreateAsyncScope();
        await using var other = portal.Services.CreateAsyncScope();
        var removals = new List<(UserManager<PortalUser> Users, PortalUser User, byte[] Id)>();
        foreach (var (scope, id) in new[] { (one, (byte)1), (other, (byte)2) })
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>();
            removals.Add((users, (await users.FindByIdAsync(userId))!, [id]));
        }

        return await Task.WhenAll(removals.Select(r => Task.Run(() => r.Users.RemovePasskeyAsync(r.User, r.Id))));
    }
}
