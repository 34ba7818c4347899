using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Users;

/// <summary>Makes what a new database lacks: the roles, the limits of those that see everything, and the first administrator or a link to become it.</summary>
public sealed class Bootstrap(
    PortalDbContext db, UserManager<PortalUser> users, RoleManager<IdentityRole> roles, IConfiguration configuration,
    IOptions<SessionSettings> settings, PublicLinks links, IHostEnvironment environment, TimeProvider clock)
{
    /// <returns>The one-time link to print, when there is no administrator and none is configured.</returns>
    /// <exception cref="InvalidOperationException"><c>Bootstrap:AdminEmail</c> and <c>AdminPassword</c> do not make an account; the message says why.</exception>
    public async Task<Uri?> RunAsync(bool offerLink, CancellationToken ct)
    {
        await AddRolesAsync(ct);
        if (await db.ActiveAdministrators().AnyAsync(ct))
        {
            return null;
        }

        if (configuration["Bootstrap:AdminEmail"] is { Length: > 0 } email)
        {
            await AddAdministratorAsync(email, configuration["Bootstrap:AdminPassword"], ct);
            return null;
        }

        return offerLink ? await MakeLinkAsync(ct) : null;
    }

    /// <summary>Makes an account whose address needs no confirming.</summary>
    /// <param name="password">Null: nobody can sign in to it before a password is set with a link.</param>
    public async Task<IdentityResult> AddUserAsync(string email, string? password, IEnumerable<string> memberOf, Actor by, CancellationToken ct)
    {
        await using var turn = await db.TakeTurnOfAsync(Locks.Administrators, ct);
        var made = await AddAsync(email, password, memberOf, by, ct);
        if (made.Succeeded)
        {
            await turn.CommitAsync();
        }

        return made;
    }

    private async Task<IdentityResult> AddAsync(string email, string? password, IEnumerable<string> memberOf, Actor by, CancellationToken ct)
    {
        var user = new PortalUser { UserName = email, Email = email, EmailConfirmed = true, CreatedAt = clock.GetUtcNow() };
        var made = password is null ? await users.CreateAsync(user) : await users.CreateAsync(user, password);
        if (!made.Succeeded)
        {
            return made;
        }

        foreach (var role in memberOf)
        {
            await users.AddToRoleAsync(user, role);
        }

        db.AuditEvents.Add(AuditEvent.Of(AuditNames.UserCreated, by, clock.GetUtcNow(), subject: user.Id, reason: string.Join(", ", memberOf)));
        await db.SaveChangesAsync(ct);
        return made;
    }

    /// <summary>Turns a set-up link, once, into the first administrator.</summary>
    /// <returns>Null when the link is unknown, used or too old, or there is an administrator already.</returns>
    public async Task<IdentityResult?> UseLinkAsync(SessionKey key, string email, string password, Actor by, CancellationToken ct)
    {
        await using var turn = await db.TakeTurnOfAsync(Locks.Administrators, ct);
        if (!await IsOpenAsync(key, ct))
        {
            return null;
        }

        var made = await AddAsync(email, password, [Roles.Admin, Roles.User], by, ct);
        if (made.Succeeded)
        {
            await db.SetUpLinks.ExecuteDeleteAsync(ct);
            await turn.CommitAsync();
        }

        return made;
    }

    /// <summary>Whether this link may still be used.</summary>
    public async Task<bool> IsOpenAsync(SessionKey key, CancellationToken ct)
    {
        var (hash, now) = (key.Hash(), clock.GetUtcNow());
        return await db.SetUpLinks.AnyAsync(l => l.KeyHash == hash && l.ExpiresAt > now, ct)
            && !await db.ActiveAdministrators().AnyAsync(ct);
    }

    private async Task AddRolesAsync(CancellationToken ct)
    {
        foreach (var role in new[] { Roles.Admin, Roles.Auditor, Roles.User })
        {
            if (await roles.RoleExistsAsync(role))
            {
                continue;
            }

            await roles.CreateAsync(new IdentityRole(role));
            if (role != Roles.User)
            {
                // In Development they are to be used at once.
                db.RoleLimits.Add(RoleLimit.Of(role, settings.Value.AdministratorRules() with { SecondFactorRequired = !environment.IsDevelopment() }));
                await db.SaveChangesAsync(ct);
            }
        }
    }

    private async Task AddAdministratorAsync(string email, string? password, CancellationToken ct)
    {
        var made = await AddUserAsync(email, password ?? "", [Roles.Admin, Roles.User], Actor.Operator, ct);
        if (!made.Succeeded)
        {
            throw new InvalidOperationException(
                $"Bootstrap:AdminEmail is '{email}'; it must be a new address, with a Bootstrap:AdminPassword of 12 to 256 characters "
                + $"({string.Join(' ', made.Errors.Select(e => e.Description))})");
        }
    }

    private async Task<Uri> MakeLinkAsync(CancellationToken ct)
    {
        var key = SessionKey.New();
        await db.SetUpLinks.ExecuteDeleteAsync(ct);
        db.SetUpLinks.Add(SetUpLink.For(key, clock.GetUtcNow()));
        db.AuditEvents.Add(AuditEvent.Of(AuditNames.SetUpLinkMade, Actor.Operator, clock.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        return links.To("/Account/SetUp", ("key", key.ToCookie()));
    }
}
