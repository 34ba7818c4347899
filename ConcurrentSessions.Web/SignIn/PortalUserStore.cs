using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// Identity's store, where a changed security stamp (password, address, second factor, by whatever way) ends all other
/// sessions of the user in the same transaction; the session that made the change goes on (ASVS 7.4.3).
/// </summary>
public sealed class PortalUserStore(
    PortalDbContext context, SessionEnder ender, RoleLimits limits, IEnumerable<ISecondFactorObserver> observers, IHttpContextAccessor contexts,
    TimeProvider clock, IdentityErrorDescriber? describer = null)
    : UserStore<PortalUser, IdentityRole, PortalDbContext, string>(context, describer)
{
    private static readonly IdentityError LastSecondFactor = new()
    {
        Code = "LastSecondFactor",
        Description = "Your role requires a second factor, and this is your only one. Add another first: an authenticator app or a passkey.",
    };

    // Passkeys taken away and not saved yet. (To ask the change tracker would make it look at the user, and take the new concurrency stamp for the old.)
    private int dropped;

    public override async Task<IdentityResult> UpdateAsync(PortalUser user, CancellationToken cancellationToken = default)
    {
        var stored = await Context.Users.AsNoTracking().Where(u => u.Id == user.Id).Select(u => u.SecurityStamp).SingleOrDefaultAsync(cancellationToken);
        if (stored == user.SecurityStamp)
        {
            return await base.UpdateAsync(user, cancellationToken);
        }

        await using var turn = await Context.TakeTurnAsync(user.Id, cancellationToken);
        if (await LosesRequiredFactorAsync(user, cancellationToken))
        {
            Context.ChangeTracker.Clear();
            dropped = 0;
            return IdentityResult.Failed(LastSecondFactor);
        }

        dropped = 0;
        user.StartNewGeneration();
        var by = Actor();
        var ended = await EndOthersAsync(user, by, cancellationToken);
        Context.AuditEvents.Add(AuditEvent.Of(AuditNames.CredentialsChanged, by, clock.GetUtcNow(), subject: user.Id));
        var result = await base.UpdateAsync(user, cancellationToken);
        if (result.Succeeded)
        {
            await turn.CommitAsync();
            ender.Tell(ended);
        }

        return result;
    }

    /// <summary>Puts another hash of the same password in the place of the one that was read; a password set meanwhile stays.</summary>
    public async Task RenewHashAsync(PortalUser user, string hash, CancellationToken ct)
    {
        var before = user.PasswordHash;
        await Context.Users.Where(u => u.Id == user.Id && u.PasswordHash == before)
            .ExecuteUpdateAsync(set => set.SetProperty(u => u.PasswordHash, hash), ct);
        var kept = Context.Entry(user).Property(u => u.PasswordHash);
        kept.CurrentValue = kept.OriginalValue = hash;
    }

    /// <summary>Replaces the unused recovery codes; saved with the next update.</summary>
    public override async Task ReplaceCodesAsync(PortalUser user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken)
    {
        Context.RecoveryCodes.RemoveRange(await Context.RecoveryCodes.Where(c => c.UserId == user.Id).ToListAsync(cancellationToken));
        Context.RecoveryCodes.AddRange(recoveryCodes.Select(code => RecoveryCode.Of(user.Id, code)));
    }

    /// <summary>Deleting a code claims it: of many that bring the same one, one finds it (ASVS 6.5.1). Audited, and its owner is told.</summary>
    public override async Task<bool> RedeemCodeAsync(PortalUser user, string code, CancellationToken cancellationToken)
    {
        await using var turn = await Context.TakeTurnAsync(user.Id, cancellationToken);
        var hash = RecoveryCode.HashOf(code);
        if (await Context.RecoveryCodes.Where(c => c.UserId == user.Id && c.Hash == hash).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return false;
        }

        var left = await CountCodesAsync(user, cancellationToken);
        Note(user, AuditNames.RecoveryCodeUsed, $"recovery code used, {left} left");
        foreach (var observer in observers)
        {
            observer.RecoveryCodeUsed(Context, user, left, contexts.HttpContext is { } http ? ClientReader.Address(http) : null);
        }

        await Context.SaveChangesAsync(cancellationToken);
        await turn.CommitAsync();
        return true;
    }

    public override Task<int> CountCodesAsync(PortalUser user, CancellationToken cancellationToken) =>
        Context.RecoveryCodes.CountAsync(c => c.UserId == user.Id, cancellationToken);

    /// <summary>Adds an audit event that is saved with the next change.</summary>
    internal void Note(PortalUser user, string name, string reason) =>
        Context.AuditEvents.Add(AuditEvent.Of(name, Actor(), clock.GetUtcNow(), subject: user.Id, reason: reason));

    /// <summary>Takes a passkey away; saved with the next update.</summary>
    internal async Task DropPasskeyAsync(PortalUser user, byte[] credentialId, CancellationToken ct)
    {
        if (await Context.UserPasskeys.SingleOrDefaultAsync(p => p.UserId == user.Id && p.CredentialId == credentialId, ct) is { } passkey)
        {
            Context.UserPasskeys.Remove(passkey);
            dropped++;
        }
    }

    /// <summary>Deletes the account with its sessions and devices. The audit trail stays; the last active administrator too.</summary>
    public override async Task<IdentityResult> DeleteAsync(PortalUser user, CancellationToken cancellationToken = default)
    {
        await using var turn = await Context.TakeTurnAsync(user.Id, cancellationToken);
        await Context.LockAsync(Locks.Administrators, cancellationToken);
        var administrators = await Context.ActiveAdministrators().Select(u => u.Id).Order().Take(2).ToListAsync(cancellationToken);
        if (administrators is [var last] && last == user.Id)
        {
            return IdentityResult.Failed(new IdentityError
            {
                Code = "LastAdministrator",
                Description = "This is the last active administrator. Make somebody else an administrator first.",
            });
        }

        var sessions = await Context.Sessions.Of(user.Id).NotEnded().ToListAsync(cancellationToken);
        Context.AuditEvents.Add(AuditEvent.Of(AuditNames.UserDeleted, Actor(), clock.GetUtcNow(), subject: user.Id, reason: $"{sessions.Count} sessions ended"));
        await Context.Sessions.Of(user.Id).ExecuteDeleteAsync(cancellationToken);
        await Context.Devices.Where(d => d.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        await Context.UserLimits.Where(l => l.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        sessions.ForEach(s => Context.Entry(s).State = EntityState.Detached);
        var result = await base.DeleteAsync(user, cancellationToken);
        if (result.Succeeded)
        {
            await turn.CommitAsync();
            ender.Tell(sessions);
        }

        return result;
    }

    // In the user's turn, so that of two last factors that are given up at once one stays (ASVS 6.3.3).
    private async Task<bool> LosesRequiredFactorAsync(PortalUser user, CancellationToken ct)
    {
        if (user.TwoFactorEnabled || await Context.UserPasskeys.CountAsync(p => p.UserId == user.Id, ct) > dropped)
        {
            return false;
        }

        var had = dropped > 0 || await Context.Users.AnyAsync(u => u.Id == user.Id && u.TwoFactorEnabled, ct);
        return had && (await limits.EffectiveAsync(Context, user.Id, ct)).Rules.SecondFactorRequired;
    }

    private async Task<List<Session>> EndOthersAsync(PortalUser user, Actor by, CancellationToken ct)
    {
        var sessions = await Context.Sessions.Of(user.Id).NotEnded().ToListAsync(ct);
        if (sessions.Find(s => s.Id.Value == by.SessionId) is { } own)
        {
            own.SecurityStamp = user.SecurityStamp!;
            sessions.Remove(own);
        }

        ender.End(Context, sessions, EndReason.CredentialsChanged, by);
        return sessions;
    }

    // Identity's store takes no actor: the request is asked here, and nowhere else.
    private Actor Actor() => contexts.HttpContext switch
    {
        null => Audit.Actor.Operator,
        { User.Identity.IsAuthenticated: true } http => http.User.ToActor(ClientReader.Address(http)?.ToString()),
        var http => Audit.Actor.Visitor(ClientReader.Address(http)?.ToString()),
    };
}
