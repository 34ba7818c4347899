using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.SignIn;

/// <summary>
/// Identity's store, where a changed security stamp (password, address, factor, by whatever way) ends all other sessions of
/// the user and promises its owner a mail, in the same transaction; the session that made the change goes on (ASVS 6.3.7, 7.4.3).
/// </summary>
public sealed class PortalUserStore(
    PortalDbContext context, SessionEnder ender, RoleLimits limits, IEnumerable<IAccountObserver> observers,
    IEnumerable<ISecondFactorObserver> factorObservers, ClientReader client, IHttpContextAccessor contexts, TimeProvider clock,
    IdentityErrorDescriber? describer = null)
    : UserStore<PortalUser, IdentityRole, PortalDbContext, string>(context, describer)
{
    private static readonly IdentityError LastSecondFactor = new()
    {
        Code = "LastSecondFactor",
        Description = "Your role requires a second factor, and this is your only one. Add another first: an authenticator app or a passkey.",
    };

    private bool changing;

    public override async Task<IdentityResult> UpdateAsync(PortalUser user, CancellationToken cancellationToken = default)
    {
        if (changing)
        {
            return await SaveAsync(user, cancellationToken);
        }

        var stored = await Context.Users.AsNoTracking().Where(u => u.Id == user.Id)
            .Select(u => new Credentials(u.SecurityStamp, u.PasswordHash, u.Email, u.TwoFactorEnabled)).SingleOrDefaultAsync(cancellationToken);
        return stored is null || stored.Stamp == user.SecurityStamp
            ? await SaveAsync(user, cancellationToken)
            : await ChangeAsync(user, stored.WhatChanged(user), stored.Email, () => Task.FromResult(IdentityResult.Success), cancellationToken);
    }

    /// <summary>
    /// Makes one change of whatever Identity saves in <paramref name="act"/>: all of it or nothing, with its consequences,
    /// also where Identity itself leaves the security stamp as it is. A change inside another is part of that one.
    /// </summary>
    public Task<IdentityResult> ChangeAsync(PortalUser user, AccountChange change, Func<Task<IdentityResult>> act, CancellationToken ct) =>
        changing ? act() : ChangeAsync(user, change, null, act, ct);

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
        foreach (var observer in factorObservers)
        {
            observer.RecoveryCodeUsed(Context, user, left, contexts.HttpContext is { } http ? ClientReader.Address(http) : null);
        }

        await Context.SaveChangesAsync(cancellationToken);
        await turn.CommitAsync();
        return true;
    }

    public override Task<int> CountCodesAsync(PortalUser user, CancellationToken cancellationToken) =>
        Context.RecoveryCodes.CountAsync(c => c.UserId == user.Id, cancellationToken);

    /// <summary>Whether there is anything left that opens the account: a password, a passkey or a login elsewhere.</summary>
    internal async Task<bool> HasWayInAsync(PortalUser user, CancellationToken ct) =>
        user.PasswordHash is not null || await HasPasskeyAsync(user, ct) || await Context.UserLogins.AnyAsync(l => l.UserId == user.Id, ct);

    /// <summary>Removes logins elsewhere, passkeys, authenticator app and recovery codes; part of the change it is called in.</summary>
    internal async Task ForgetAllButPasswordAsync(PortalUser user, CancellationToken ct)
    {
        await Context.UserLogins.Where(l => l.UserId == user.Id).ExecuteDeleteAsync(ct);
        await Context.UserPasskeys.Where(p => p.UserId == user.Id).ExecuteDeleteAsync(ct);
        await Context.UserTokens.Where(t => t.UserId == user.Id).ExecuteDeleteAsync(ct);
        await Context.RecoveryCodes.Where(c => c.UserId == user.Id).ExecuteDeleteAsync(ct);
        user.TwoFactorEnabled = false;
    }

    /// <summary>Adds an audit event that is saved with the next change.</summary>
    internal void Note(PortalUser user, string name, string reason) =>
        Context.AuditEvents.Add(AuditEvent.Of(name, Actor(), clock.GetUtcNow(), subject: user.Id, reason: reason));

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
        var by = Actor();
        Context.AuditEvents.Add(AuditEvent.Of(AuditNames.UserDeleted, by, clock.GetUtcNow(), subject: user.Id, reason: $"{sessions.Count} sessions ended"));
        await ForgetAsync(user.Id, cancellationToken);
        sessions.ForEach(s => Context.Entry(s).State = EntityState.Detached);
        await TellOwnerAsync(user, AccountChange.Deleted, by, null, cancellationToken);
        var result = await base.DeleteAsync(user, cancellationToken);
        if (result.Succeeded)
        {
            await turn.CommitAsync();
            ender.Tell(sessions);
        }

        return result;
    }

    private async Task<IdentityResult> ChangeAsync(
        PortalUser user, AccountChange change, string? formerEmail, Func<Task<IdentityResult>> act, CancellationToken ct)
    {
        await using var turn = await Context.TakeTurnAsync(user.Id, ct);
        changing = true;
        try
        {
            var hadFactor = await Context.Users.AnyAsync(u => u.Id == user.Id && u.TwoFactorEnabled, ct) || await HasPasskeyAsync(user, ct);
            var result = await act();
            if (result.Succeeded && hadFactor && await LacksRequiredFactorAsync(user, ct))
            {
                result = IdentityResult.Failed(LastSecondFactor);
            }

            if (!result.Succeeded)
            {
                Context.ChangeTracker.Clear();
                return result;
            }

            user.SecurityStamp = Guid.NewGuid().ToString();
            user.StartNewGeneration();
            var by = Actor();
            var ended = await EndOthersAsync(user, by, ct);
            Context.AuditEvents.Add(AuditEvent.Of(AuditNames.CredentialsChanged, by, clock.GetUtcNow(), subject: user.Id, reason: $"{change}"));
            await TellOwnerAsync(user, change, by, formerEmail, ct);
            result = await SaveAsync(user, ct);
            if (result.Succeeded)
            {
                await turn.CommitAsync();
                ender.Tell(ended);
                return result;
            }

            Context.ChangeTracker.Clear(); // nothing of a change that failed may be saved with a later one
            return result;
        }
        finally
        {
            changing = false;
        }
    }

    // In the user's turn, so that of two last factors that are given up at once one stays (ASVS 6.3.3).
    private async Task<bool> LacksRequiredFactorAsync(PortalUser user, CancellationToken ct) =>
        !user.TwoFactorEnabled && !await HasPasskeyAsync(user, ct) && (await limits.EffectiveAsync(Context, user.Id, ct)).Rules.SecondFactorRequired;

    private Task<bool> HasPasskeyAsync(PortalUser user, CancellationToken ct) => Context.UserPasskeys.AnyAsync(p => p.UserId == user.Id, ct);

    // Two people may confirm the same new address at once: the index lets one of them have it.
    private async Task<IdentityResult> SaveAsync(PortalUser user, CancellationToken ct)
    {
        try
        {
            return await base.UpdateAsync(user, ct);
        }
        catch (DbUpdateException failure) when (!Context.MayPass(failure))
        {
            return IdentityResult.Failed(ErrorDescriber.DuplicateUserName(user.UserName ?? ""));
        }
    }

    private async Task ForgetAsync(string userId, CancellationToken ct)
    {
        await Context.Sessions.Of(userId).ExecuteDeleteAsync(ct);
        await Context.PendingSignIns.Where(p => p.UserId == userId).ExecuteDeleteAsync(ct);
        await Context.Devices.Where(d => d.UserId == userId).ExecuteDeleteAsync(ct);
        await Context.UserLimits.Where(l => l.UserId == userId).ExecuteDeleteAsync(ct);

        // The trail stays, but not the words in it that were the person's own.
        await Context.AuditEvents.Where(e => e.SubjectId == userId && e.Name == AuditNames.DeviceRenamed)
            .ExecuteUpdateAsync(set => set.SetProperty(e => e.Reason, (string?)null).SetProperty(e => e.ReasonSalt, (byte[]?)null), ct);
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

    private async Task TellOwnerAsync(PortalUser user, AccountChange change, Actor by, string? formerEmail, CancellationToken ct)
    {
        var device = contexts.HttpContext is { } http ? client.Read(http).Device.Name : null;
        var news = new AccountNews(user, change, by, clock.GetUtcNow(), device, FormerEmail: formerEmail == user.Email ? null : formerEmail);
        foreach (var observer in observers)
        {
            await observer.AccountChangedAsync(Context, news, ct);
        }
    }

    // Identity's store takes no actor: the request is asked here, and nowhere else.
    private Actor Actor() => contexts.HttpContext switch
    {
        null => Audit.Actor.Operator,
        { User.Identity.IsAuthenticated: true } http => http.ToActor(),
        var http => http.ToVisitor(),
    };

    private sealed record Credentials(string? Stamp, string? PasswordHash, string? Email, bool TwoFactorEnabled)
    {
        public AccountChange WhatChanged(PortalUser user) =>
            user.PasswordHash != PasswordHash ? PasswordHash is null ? AccountChange.PasswordSet : AccountChange.PasswordChanged
            : user.Email != Email ? AccountChange.EmailChanged
            : user.TwoFactorEnabled != TwoFactorEnabled ? user.TwoFactorEnabled ? AccountChange.SecondFactorOn : AccountChange.SecondFactorOff
            : AccountChange.DetailsChanged;
    }
}
