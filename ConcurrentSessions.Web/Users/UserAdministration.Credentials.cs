using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.SignIn;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Users;

/// <content>What administrators do to how somebody signs in. They take away, and never see or choose a secret (ASVS 6.4.4, 6.4.6).</content>
public sealed partial class UserAdministration
{
    /// <summary>The password opens nothing any more, everything that is open ends, and a link to choose another one is mailed.</summary>
    public Task<AdministrationResult> ForcePasswordResetAsync(string userId, Actor by, CancellationToken ct) => ActAsync(userId, by, async db =>
    {
        var user = await db.UserAsync(userId, ct);
        user.PasswordHash = null;
        return await EndCredentialsAsync(db, user, AuditNames.PasswordVoided, AccountChange.PasswordVoided, by, ct);
    }, ct);

    /// <summary>Forgets authenticator app, recovery codes and passkeys of somebody who has lost them, and ends everything that is open.</summary>
    public Task<AdministrationResult> RemoveSecondFactorAsync(string userId, Actor by, CancellationToken ct) => ActAsync(userId, by, async db =>
    {
        var user = await db.UserAsync(userId, ct);
        var passkeys = await db.UserPasskeys.Where(p => p.UserId == userId).ExecuteDeleteAsync(ct);
        if (!user.TwoFactorEnabled && passkeys == 0)
        {
            return AdministrationResult.NoSecondFactor;
        }

        user.TwoFactorEnabled = false;
        await db.UserTokens.Where(t => t.UserId == userId).ExecuteDeleteAsync(ct);
        await db.RecoveryCodes.Where(c => c.UserId == userId).ExecuteDeleteAsync(ct);
        return await EndCredentialsAsync(db, user, AuditNames.SecondFactorTurnedOff, AccountChange.SecondFactorRemoved, by, ct);
    }, ct);

    private async Task<AdministrationResult> EndCredentialsAsync(
        PortalDbContext db, PortalUser user, string name, AccountChange change, Actor by, CancellationToken ct)
    {
        user.SecurityStamp = Guid.NewGuid().ToString();
        user.StartNewGeneration();
        var sessions = await db.Sessions.Of(user.Id).NotEnded().ToListAsync(ct);
        ender.End(db, sessions, EndReason.RevokedByAdministrator, by);
        await NoteAsync(db, name, change, by, user, $"{sessions.Count} sessions ended", ct);
        return new(null, sessions);
    }
}
