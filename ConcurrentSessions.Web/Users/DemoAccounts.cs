using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Users;

/// <summary>Accounts to try the portal with. Development only.</summary>
public sealed class DemoAccounts(Bootstrap bootstrap, PortalDbContext db)
{
    public const string Password = "violet-harbour-91";

    public static readonly IReadOnlyList<(string Email, string[] Roles)> All =
    [
        ("admin@demo.example", [Roles.Admin, Roles.User]),
        ("alice@demo.example", [Roles.User]),
        ("bob@demo.example", [Roles.User]),
    ];

    public async Task AddMissingAsync(CancellationToken ct)
    {
        foreach (var (email, roles) in All)
        {
            if (!await db.Users.AnyAsync(u => u.Email == email, ct))
            {
                await bootstrap.AddUserAsync(email, Password, roles, Actor.Operator, ct);
            }
        }
    }
}
