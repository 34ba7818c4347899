using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Data;

public static class DatabaseServices
{
    /// <summary>The database by <c>Database:Provider</c> and <c>ConnectionStrings:Portal</c>; Data Protection keys live in it too.</summary>
    /// <exception cref="InvalidOperationException">The provider is unknown or the connection string is missing or malformed.</exception>
    public static IServiceCollection AddPortalDatabase(this IServiceCollection services, IConfiguration configuration)
    {
        // Passkeys need version 3. Said here, with the database: a context built without it would poison EF's model cache.
        services.Configure<IdentityOptions>(o => o.Stores.SchemaVersion = IdentitySchemaVersions.Version3);

        var provider = configuration["Database:Provider"];
        if (provider is not "Sqlite")
        {
            throw new InvalidOperationException($"Database:Provider is '{provider}'; it must be Sqlite.");
        }

        var connectionString = SqliteConnectionString(configuration.GetConnectionString("Portal"));
        services.AddDbContextFactory<SqlitePortalDbContext>(o => o
            .UseSqlite(connectionString)
            .AddInterceptors(new SqlitePragmas()));
        services.AddSingleton<IDbContextFactory<PortalDbContext>, SqliteContexts>();
        services.AddScoped<PortalDbContext>(s => s.GetRequiredService<SqlitePortalDbContext>());
        services.AddDataProtection().SetApplicationName("ConcurrentSessions").PersistKeysToDbContext<SqlitePortalDbContext>();
        return services;
    }

    /// <summary>Creates the database when there is none and brings it to the newest schema.</summary>
    public static async Task MigratePortalDatabaseAsync(this IServiceProvider services, CancellationToken ct = default)
    {
        var databases = services.GetRequiredService<IDbContextFactory<PortalDbContext>>();
        await using var db = await databases.CreateDbContextAsync(ct);
        if (new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource is { Length: > 0 } file
            && Path.GetDirectoryName(file) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        await db.Database.MigrateAsync(ct);
    }

    private static string SqliteConnectionString(string? configured)
    {
        SqliteConnectionStringBuilder builder;
        try
        {
            builder = new SqliteConnectionStringBuilder(configured);
        }
        catch (ArgumentException)
        {
            throw new InvalidOperationException(
                "ConnectionStrings:Portal cannot be read; for Sqlite it must look like 'Data Source=data/portal.db'.");
        }

        if (builder.DataSource is "" or ":memory:")
        {
            throw new InvalidOperationException(
                $"ConnectionStrings:Portal is '{configured}'; for Sqlite it must name a file, like 'Data Source=data/portal.db'.");
        }

        builder.DataSource = DataFolder.Resolve(builder.DataSource);
        return builder.ToString();
    }

    private sealed class SqliteContexts(IDbContextFactory<SqlitePortalDbContext> contexts) : IDbContextFactory<PortalDbContext>
    {
        public PortalDbContext CreateDbContext() => contexts.CreateDbContext();

        public async Task<PortalDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await contexts.CreateDbContextAsync(cancellationToken);
    }
}
