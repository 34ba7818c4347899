using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Mail;

/// <summary>
/// The mails that somebody asks for. Each is a row of the outbox, sent to the address on file and never to what was typed.
/// They come at most three times an hour; one too many is dropped without a word.
/// </summary>
public sealed class AccountMails(
    IDbContextFactory<PortalDbContext> databases, MailPost post, OutboxBell bell, PublicLinks links, TimeProvider clock) : IEmailSender<PortalUser>
{
    private const int AskedForPerHour = 3;

    /// <summary>As long as the link works: a mail that comes later is of no use.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    // Identity's three methods also hand over an address. It is not used: the mail goes to the user's own.
    public Task SendConfirmationLinkAsync(PortalUser user, string email, string confirmationLink) =>
        SendConfirmationLinkAsync(user, _ => Task.FromResult(new Uri(confirmationLink)));

    public Task SendPasswordResetLinkAsync(PortalUser user, string email, string resetLink) =>
        SendPasswordResetLinkAsync(user, _ => Task.FromResult(new Uri(resetLink)));

    public Task SendPasswordResetCodeAsync(PortalUser user, string email, string resetCode) =>
        AskedForAsync(user, AddressOf(user), MailKinds.Reset, _ => Task.FromResult(AccountMailTexts.ResetCode(AddressOf(user), resetCode)));

    /// <param name="makeLink">Asked in the transaction, and only when the mail goes out: a link that is not mailed voids none that was.</param>
    public Task SendConfirmationLinkAsync(PortalUser user, Func<PortalDbContext, Task<Uri>> makeLink) =>
        AskedForAsync(user, AddressOf(user), MailKinds.Confirmation, async db => AccountMailTexts.Confirm(AddressOf(user), await makeLink(db)));

    /// <summary>The one mail to an address that is not on file yet: a signed-in user wants to move there.</summary>
    /// <inheritdoc cref="SendConfirmationLinkAsync(PortalUser, Func{PortalDbContext, Task{Uri}})"/>
    public Task SendEmailChangeLinkAsync(PortalUser user, string newEmail, Func<PortalDbContext, Task<Uri>> makeLink) =>
        AskedForAsync(user, newEmail, MailKinds.Confirmation, async db => AccountMailTexts.Confirm(newEmail, await makeLink(db)));

    /// <inheritdoc cref="SendConfirmationLinkAsync(PortalUser, Func{PortalDbContext, Task{Uri}})"/>
    public Task SendPasswordResetLinkAsync(PortalUser user, Func<PortalDbContext, Task<Uri>> makeLink) =>
        AskedForAsync(user, AddressOf(user), MailKinds.Reset, async db => AccountMailTexts.ResetLink(AddressOf(user), await makeLink(db)));

    /// <summary>Somebody tried to register an address that has an account: its owner learns it, the visitor does not.</summary>
    public Task SendAlreadyRegisteredAsync(PortalUser user) =>
        AskedForAsync(user, AddressOf(user), MailKinds.AlreadyRegistered, _ => Task.FromResult(
            AccountMailTexts.AlreadyRegistered(AddressOf(user), links.To("/Account/Login"), links.To("/Account/ForgotPassword"))));

    private async Task AskedForAsync(PortalUser user, string to, string kind, Func<PortalDbContext, Task<MailContent>> write)
    {
        var now = clock.GetUtcNow();
        var hourAgo = now - TimeSpan.FromHours(1);
        await using var db = await databases.CreateDbContextAsync();
        await using var turn = await db.TakeTurnAsync(user.Id, CancellationToken.None);

        // Several users may ask for one address at once, and in capitals it is the same mailbox.
        var (askedFor, mailbox) = (MailKinds.AskedFor, OutboxMessage.MailboxOf(to));
        await db.LockAsync($"mail to {mailbox}", CancellationToken.None);
        if (await db.Outbox.CountAsync(m => m.Mailbox == mailbox && m.CreatedAt > hourAgo && askedFor.Contains(m.Kind)) >= AskedForPerHour)
        {
            return;
        }

        post.Promise(db, new(kind, to, user.Id, await write(db), now) { ValidFor = Life });
        await db.SaveChangesAsync();
        await turn.CommitAsync();
        bell.Ring();
    }

    private static string AddressOf(PortalUser user) =>
        user.Email ?? throw new InvalidOperationException($"User {user.Id} has no mail address.");
}
