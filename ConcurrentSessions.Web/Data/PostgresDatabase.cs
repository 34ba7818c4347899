using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace ConcurrentSessions.Web.Data;

/// <summary>The database of several nodes.</summary>
internal static class PostgresDatabase
{
    public const string ApplicationName = "ConcurrentSessions";

    public static IServiceCollection AddPostgres(this IServiceCollection services, string? configured)
    {
        var connectionString = ConnectionString(configured);

        // Failures come as they are, unwrapped; what may be repeated is decided by PersistAsync alone.
        return services.AddContexts<PostgresPortalDbContext>(o => o
            .UseNpgsql(connectionString, npgsql => npgsql.ExecutionStrategy(d => new NonRetryingExecutionStrategy(d))));
    }

    private static string ConnectionString(string? configured)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(configured);
        }
        catch (ArgumentException)
        {
            throw Malformed();
        }

        if (string.IsNullOrEmpty(builder.Host))
        {
            throw Malformed();
        }

        // What is not said: a database that does not answer is a failure after seconds, not half a minute.
        // (Npgsql's builder says of every word it knows that it contains it; the plain one knows what was written.)
        var said = new DbConnectionStringBuilder { ConnectionString = configured };
        builder.ApplicationName ??= ApplicationName;
        builder.Timeout = said.ContainsKey("Timeout") ? builder.Timeout : 3;
        builder.CommandTimeout = said.ContainsKey("Command Timeout") || said.ContainsKey("CommandTimeout") ? builder.CommandTimeout : 10;

        // Planning costs more than running our statements do. Nothing is left on a connection that needed resetting.
        builder.MaxAutoPrepare = said.ContainsKey("Max Auto Prepare") || said.ContainsKey("MaxAutoPrepare") ? builder.MaxAutoPrepare : 100;
        builder.NoResetOnClose = !said.ContainsKey("No Reset On Close") || builder.NoResetOnClose;
        return builder.ToString();
    }

    // The text may hold a password: it is not repeated.
    private static InvalidOperationException Malformed() => new(
        "ConnectionStrings:Portal cannot be read; for Postgres it must look like 'Host=db;Database=portal;Username=portal;Password=…'.");
}
