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
    PortalDbContext context, SessionEnder ender, IHttpContextAccessor contexts, TimeProvider clock, IdentityErrorDescriber? describer = null)
    : UserStore<PortalUser, IdentityRole, PortalDbContext, string>(context, describer)
{
    public override async Task<IdentityResult> UpdateAsync(PortalUser user, CancellationToken cancellationToken = default)
    {
        var stored = await Context.Users.AsNoTracking().Where(u => u.Id == user.Id).Select(u => u.SecurityStamp).SingleOrDefaultAsync(cancellationToken);
        if (stored == user.SecurityStamp)
        {
            return await base.UpdateAsync(user, cancellationToken);
        }

        await using var turn = await Context.TakeTurnAsync(user.Id, cancellationToken);
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
