using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Data;

/// <summary>The embedded default: one file, one node.</summary>
internal static class SqliteDatabase
{
    public static IServiceCollection AddSqlite(this IServiceCollection services, string? configured)
    {
        var connectionString = ConnectionString(configured);
        return services.AddContexts<SqlitePortalDbContext>(o => o
            .UseSqlite(connectionString)
            .AddInterceptors(new SqlitePragmas()));
    }

    public static void MakeFolder(PortalDbContext db)
    {
        if (db is SqlitePortalDbContext
            && Path.GetDirectoryName(new SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }
    }

    private static string ConnectionString(string? configured)
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
}
