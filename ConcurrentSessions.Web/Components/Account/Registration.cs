using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.SignIn.Passwords;
using Microsoft.AspNetCore.Identity;

namespace ConcurrentSessions.Web.Components.Account;

/// <summary>Makes accounts. Whoever asks learns nothing about addresses that already have one: same answer, same work.</summary>
public sealed class Registration(
    UserManager<PortalUser> users, PasswordHashing hashing, MailedLinks links, AccountMails mails, TimeProvider clock, ILogger<Registration> logger)
{
    private const string Role = "User";

    /// <returns>What is wrong with the wish, in sentences; empty when a mail is on its way.</returns>
    public async Task<IReadOnlyList<string>> RegisterAsync(string email, string password, string? returnUrl)
    {
        var user = new PortalUser { UserName = email, Email = email, CreatedAt = clock.GetUtcNow() };
        if (await NewPassword.ProblemsAsync(users, user, password) is { Count: > 0 } problems)
        {
            return problems;
        }

        if (await users.FindByEmailAsync(email) is { } known)
        {
            return await TellOwnerAsync(known, password);
        }

        var created = await users.CreateAsync(user, password);
        if (!created.Succeeded)
        {
            // Somebody registered the same address a moment ago.
            return created.Errors.Any(e => e.Code.StartsWith("Duplicate", StringComparison.Ordinal))
                && await users.FindByEmailAsync(email) is { } justMade
                    ? await TellOwnerAsync(justMade, password)
                    : ["This email address cannot be used here."];
        }

        return await WelcomeAsync(user, returnUrl);
    }

    /// <summary>An account without a password, for who has proved to be somebody elsewhere. That they say they have this address proves nothing: it is confirmed like any.</summary>
    /// <returns>As for an account with a password: whoever has one under this address learns it by mail, and links the two when signed in.</returns>
    public async Task<IReadOnlyList<string>> RegisterAsync(string email, UserLoginInfo login, string? returnUrl)
    {
        if (await users.FindByEmailAsync(email) is { } known)
        {
            await mails.SendAlreadyRegisteredAsync(known);
            return [];
        }

        var user = new PortalUser { UserName = email, Email = email, CreatedAt = clock.GetUtcNow() };
        if (!(await users.CreateAsync(user)).Succeeded)
        {
            return ["This email address cannot be used here."];
        }

        if (!(await users.AddLoginAsync(user, login)).Succeeded)
        {
            // Linked with somebody a moment ago: an account that nobody can get into must not stay.
            await users.DeleteAsync(user);
            return ["This account was linked with another one meanwhile. Sign in again."];
        }

        return await WelcomeAsync(user, returnUrl);
    }

    private async Task<IReadOnlyList<string>> WelcomeAsync(PortalUser user, string? returnUrl)
    {
        await users.AddToRoleAsync(user, Role);
        await links.SendConfirmationAsync(user, returnUrl);
        logger.LogInformation("Registered {UserId}", user.Id);
        return [];
    }

    private async Task<IReadOnlyList<string>> TellOwnerAsync(PortalUser owner, string password)
    {
        // Hashing is what takes time when an account is made.
        await hashing.HashAsync(owner, password);
        await mails.SendAlreadyRegisteredAsync(owner);
        return [];
    }
}
