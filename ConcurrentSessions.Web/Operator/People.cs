using ConcurrentSessions.Web.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Operator;

/// <summary>Users and roles by the words an operator types.</summary>
internal static class People
{
    /// <summary>Null when there is no such user.</summary>
    public static async Task<PortalUser?> FindUserAsync(this IServiceProvider scope, string email, CancellationToken ct)
    {
        var wanted = scope.GetRequiredService<ILookupNormalizer>().NormalizeEmail(email.Trim());
        await using var db = await scope.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(ct);
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.NormalizedEmail == wanted, ct);
    }

    public static string NoSuchUser(string email) => $"There is no user '{email}'.";

    public static string NoSuchRole(string role, IEnumerable<string> roles) =>
        $"There is no role '{role}'; the roles are {string.Join(", ", roles)}.";
}
