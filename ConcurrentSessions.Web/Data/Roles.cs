using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Data;

/// <summary>The roles the portal knows by name.</summary>
public static class Roles
{
    public const string Admin = "Admin";
    public const string User = "User";

    /// <summary>Sees the whole panel and changes nothing (NIST SP 800-53 AC-5, AC-6).</summary>
    public const string Auditor = "Auditor";

    /// <summary>Users who may administer now: in the role and not disabled.</summary>
    public static IQueryable<PortalUser> ActiveAdministrators(this PortalDbContext db) =>
        from user in db.Users
        join membership in db.UserRoles on user.Id equals membership.UserId
        join role in db.Roles on membership.RoleId equals role.Id
        where role.Name == Admin && user.DisabledAt == null
        select user;

    public static IQueryable<string> RolesOf(this PortalDbContext db, string userId) =>
        from membership in db.UserRoles
        join role in db.Roles on membership.RoleId equals role.Id
        where membership.UserId == userId
        orderby role.Name
        select role.Name;

    public static IQueryable<string> UsersIn(this PortalDbContext db, string role) =>
        from membership in db.UserRoles
        join named in db.Roles on membership.RoleId equals named.Id
        where named.Name == role
        select membership.UserId;

    public static Task<PortalUser> UserAsync(this PortalDbContext db, string userId, CancellationToken ct) =>
        db.Users.SingleAsync(u => u.Id == userId, ct);
}
