using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Mail;

/// <summary>
/// The mails about an account. Each is a row of the outbox, sent to the address on file and never to what was typed.
/// Mails that anybody can ask for come at most three times an hour; one too many is dropped without a word.
/// </summary>
public sealed class AccountMails(
    IDbContextFactory<PortalDbContext> databases, OutboxBell bell, PublicLinks links, TimeProvider clock) : IEmailSender<PortalUser>
{
    private const int AskedForPerHour = 3;
    private const string Confirmation = "address confirmation";
    private const string Reset = "password reset";
    private const string AlreadyRegistered = "already registered";

    private static readonly TimeSpan ConfirmationLife = TimeSpan.FromHours(24);
    private static readonly TimeSpan ResetLife = TimeSpan.FromHours(1);
    private static readonly string[] AskedFor = [Confirmation, Reset, AlreadyRegistered];

    // Identity's three methods also hand over an address. It is not used: the mail goes to the user's own.
    public Task SendConfirmationLinkAsync(PortalUser user, string email, string confirmationLink) =>
        AskedForAsync(user, AddressOf(user), Confirmation, ConfirmationLife, AccountMailTexts.Confirm(AddressOf(user), new Uri(confirmationLink)));

    /// <summary>The one mail to an address that is not on file yet: a signed-in user wants to move there.</summary>
    public Task SendEmailChangeLinkAsync(PortalUser user, string newEmail, string confirmationLink) =>
        AskedForAsync(user, newEmail, Confirmation, ConfirmationLife, AccountMailTexts.Confirm(newEmail, new Uri(confirmationLink)));

    public Task SendPasswordResetLinkAsync(PortalUser user, string email, string resetLink) =>
        AskedForAsync(user, AddressOf(user), Reset, ResetLife, AccountMailTexts.ResetLink(AddressOf(user), new Uri(resetLink)));

    public Task SendPasswordResetCodeAsync(PortalUser user, string email, string resetCode) =>
        AskedForAsync(user, AddressOf(user), Reset, ResetLife, AccountMailTexts.ResetCode(AddressOf(user), resetCode));

    /// <summary>Somebody tried to register an address that has an account: its owner learns it, the visitor does not.</summary>
    public Task SendAlreadyRegisteredAsync(PortalUser user) =>
        AskedForAsync(user, AddressOf(user), AlreadyRegistered, ConfirmationLife,
            AccountMailTexts.AlreadyRegistered(AddressOf(user), links.To("/Account/Login"), links.To("/Account/ForgotPassword")));

    public Task SendPasswordChangedAsync(PortalUser user) =>
        NoticeAsync(user, "password changed", AccountMailTexts.PasswordChanged(AddressOf(user), clock.GetUtcNow(), links.To("/Account/ForgotPassword")), AddressOf(user));

    /// <summary>To the new address and to the old one, whose owner may not have wanted it.</summary>
    public Task SendEmailChangedAsync(PortalUser user, string oldEmail) =>
        NoticeAsync(user, "address changed", AccountMailTexts.EmailChanged(oldEmail, AddressOf(user), clock.GetUtcNow(), links.To("/")), AddressOf(user), oldEmail);

    private async Task AskedForAsync(PortalUser user, string to, string kind, TimeSpan life, MailContent content)
    {
        var now = clock.GetUtcNow();
        var hourAgo = now - TimeSpan.FromHours(1);
        await using var db = await databases.CreateDbContextAsync();
        await using var turn = await db.TakeTurnAsync(user.Id, CancellationToken.None);
        var askedFor = AskedFor;
        if (await db.Outbox.CountAsync(m => m.To == to && m.CreatedAt > hourAgo && askedFor.Contains(m.Kind)) >= AskedForPerHour)
        {
            return;
        }

        db.Outbox.Add(OutboxMessage.Of(Guid.CreateVersion7(now), kind, to, Mail(content), user.Id, now, life));
        await db.SaveChangesAsync();
        await turn.CommitAsync();
        bell.Ring();
    }

    private async Task NoticeAsync(PortalUser user, string kind, MailContent content, params IReadOnlyList<string> addresses)
    {
        var now = clock.GetUtcNow();
        var mail = Mail(content);
        await using var db = await databases.CreateDbContextAsync();
        db.Outbox.AddRange(addresses.Select(to => OutboxMessage.Of(Guid.CreateVersion7(now), kind, to, mail, user.Id, now)));
        await db.SaveChangesAsync();
        bell.Ring();
    }

    private MailText Mail(MailContent content) => MailLayout.LayOut(content with
    {
        Footer = $"{content.Footer} Sent by {MailLayout.Product} at {links.Root.AbsoluteUri}".TrimStart(),
    });

    private static string AddressOf(PortalUser user) =>
        user.Email ?? throw new InvalidOperationException($"User {user.Id} has no mail address.");
}
