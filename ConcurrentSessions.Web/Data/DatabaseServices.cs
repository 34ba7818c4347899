using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace ConcurrentSessions.Web.Data;

public static class DatabaseServices
{
    /// <summary>The database by <c>Database:Provider</c> and <c>ConnectionStrings:Portal</c>; Data Protection keys live in it too.</summary>
    /// <exception cref="InvalidOperationException">The provider is unknown or the connection string is missing or malformed.</exception>
    public static IServiceCollection AddPortalDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        // Passkeys need version 3. Said here, with the database: a context built without it would poison EF's model cache.
        services.Configure<IdentityOptions>(o => o.Stores.SchemaVersion = IdentitySchemaVersions.Version3);

        var connectionString = configuration.GetConnectionString("Portal");
        _ = configuration["Database:Provider"] switch
        {
            "Sqlite" => services.AddSqlite(connectionString),
            "Postgres" => services.AddPostgres(connectionString),
            var other => throw new InvalidOperationException($"Database:Provider is '{other}'; it must be Sqlite or Postgres."),
        };
        services.AddScoped(s => s.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContext());
        services.AddDataProtection().SetApplicationName("ConcurrentSessions").PersistKeysToDbContext<PortalDbContext>().Encrypt(configuration);
        return services;
    }

    /// <summary>Creates the database when there is none and brings it to the newest schema. Nodes that start together wait for each other.</summary>
    public static async Task MigratePortalDatabaseAsync(this IServiceProvider services, CancellationToken ct = default)
    {
        var databases = services.GetRequiredService<IDbContextFactory<PortalDbContext>>();
        await using var db = await databases.CreateDbContextAsync(ct);
        SqliteDatabase.MakeFolder(db);
        await MakeAsync(db, ct);

        // EF's own lock is let go between two migrations (Npgsql: at each commit), and another node would do the second as well.
        await db.AloneAsync(Locks.Start, async () =>
        {
            await using var migrated = await databases.CreateDbContextAsync(ct);

            // Where the portal's role may not change the schema, its owner has: then there is nothing to do, and nothing to be allowed.
            if (!await migrated.GetService<IRelationalDatabaseCreator>().HasTablesAsync(ct) || (await migrated.Database.GetPendingMigrationsAsync(ct)).Any())
            {
                await migrated.Database.MigrateAsync(ct);
            }
        }, ct);
    }

    private static async Task MakeAsync(PortalDbContext db, CancellationToken ct)
    {
        var creator = db.GetService<IRelationalDatabaseCreator>();
        try
        {
            if (!await creator.ExistsAsync(ct))
            {
                await creator.CreateAsync(ct);
            }
        }
        catch (PostgresException race) when (race.SqlState is PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation)
        {
            // Another node made the database at the same moment.
        }
    }

    internal static IServiceCollection AddContexts<TContext>(this IServiceCollection services, Action<DbContextOptionsBuilder> configure)
        where TContext : PortalDbContext => services
            .AddPooledDbContextFactory<TContext>(configure)
            .AddSingleton<IDbContextFactory<PortalDbContext>, Contexts<TContext>>();

    // Keys that lie in the database in clear are as good as a password file to whoever reads a backup.
    private static void Encrypt(this IDataProtectionBuilder protection, IConfiguration configuration)
    {
        if (configuration["DataProtection:Certificate"] is not { Length: > 0 } file)
        {
            return;
        }

        try
        {
            var path = DataFolder.Resolve(file);
            var certificate = X509CertificateLoader.LoadPkcs12FromFile(path, configuration["DataProtection:CertificatePassword"]);
            protection.ProtectKeysWithCertificate(certificate).UnprotectKeysWithAnyCertificate(certificate);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new InvalidOperationException(
                $"DataProtection:Certificate is '{file}'; it must be a PKCS #12 file that DataProtection:CertificatePassword opens.", failure);
        }
    }

    private sealed class Contexts<TContext>(IDbContextFactory<TContext> contexts) : IDbContextFactory<PortalDbContext>
        where TContext : PortalDbContext
    {
        public PortalDbContext CreateDbContext() => contexts.CreateDbContext();

        public async Task<PortalDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await contexts.CreateDbContextAsync(cancellationToken);
    }
}
