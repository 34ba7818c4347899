using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Sessions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Users;

/// <summary>What happens before the first request: the schema, the roles, somebody to administer, and a word about how to get in.</summary>
public static class FirstStart
{
    public static async Task PrepareAsync(this WebApplication app, CancellationToken ct = default)
    {
        app.Services.GetRequiredService<IStartupValidator>().Validate();
        await app.Services.MigratePortalDatabaseAsync(ct);
        await using var scope = app.Services.CreateAsyncScope();
        await using var db = await scope.ServiceProvider.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync(ct);
        var development = app.Environment.IsDevelopment();
        Uri? link = null;
        var secondFactor = true;
        await db.AloneAsync(Locks.Start, async () =>
        {
            await app.Services.GetRequiredService<Ledger>().TakeUpOldEventsAsync(ct);

            // Nodes that made a key each would not read each other's forms until they look again.
            scope.ServiceProvider.GetDataProtector(Locks.Start).Protect([]);
            link = await scope.ServiceProvider.GetRequiredService<Bootstrap>().RunAsync(offerLink: !development, ct);
            if (development)
            {
                await scope.ServiceProvider.GetRequiredService<DemoAccounts>().AddMissingAsync(ct);
                secondFactor = await db.RoleLimits.AnyAsync(l => l.Role == Roles.Admin && l.SecondFactorRequired, ct);
            }
        }, ct);
        app.Lifetime.ApplicationStarted.Register(() => Print(app, link, development, secondFactor));
    }

    private static void Print(WebApplication app, Uri? link, bool development, bool secondFactor)
    {
        Console.WriteLine($"ConcurrentSessions listens on {string.Join(" and ", app.Urls)}");
        if (link is not null)
        {
            Console.WriteLine($"There is no administrator yet. Become it within 24 hours, once: {link}");
        }

        if (development)
        {
            Console.WriteLine($"Demo accounts (Development only), password {DemoAccounts.Password}:");
            foreach (var (email, roles) in DemoAccounts.All)
            {
                Console.WriteLine($"  {email,-22} {string.Join(", ", roles)}");
            }

            if (!secondFactor)
            {
                Console.WriteLine($"The role {Roles.Admin} requires no second factor here; elsewhere it does.");
            }

            Console.WriteLine($"Mail is kept, not sent: {app.Services.GetRequiredService<PublicLinks>().To("/dev/mail")}");
        }
    }
}
