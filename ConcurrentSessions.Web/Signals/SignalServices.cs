using ConcurrentSessions.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace ConcurrentSessions.Web.Signals;

public static class SignalServices
{
    /// <summary>Nodes hear of each other's changes: on PostgreSQL at once, on SQLite (verbs, a shell) within half a second.</summary>
    public static IServiceCollection AddSignals(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<ChangeBell>();
        services.AddSingleton<EpochGuard>();
        if (configuration["Database:Provider"] == "Postgres")
        {
            services.AddSingleton<IChangeReader, PostgresChanges>();
            services.AddSingleton<IEpochMark, PostgresEpochMark>();
            services.AddHostedService(s =>
            {
                using var db = s.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContext();
                return ActivatorUtilities.CreateInstance<PostgresBell>(s, db.Database.GetConnectionString()!);
            });
        }
        else
        {
            services.AddSingleton<IChangeReader, SqliteChanges>();
            services.AddSingleton<IEpochMark, SqliteEpochMark>();
        }

        services.AddSingleton<IPurge, ChangePurge>();
        services.AddSingleton<ChangeFeed>();
        services.AddHostedService(s => s.GetRequiredService<ChangeFeed>());
        services.AddHealthChecks().AddCheck<SignalHealth>("signals");
        return services;
    }

    /// <summary>Before the first request: whether this is the database that was left, and from where on changes must be told.</summary>
    public static Task StartHearingAsync(this IServiceProvider services, CancellationToken ct) =>
        services.GetRequiredService<ChangeFeed>().StartHearingAsync(ct);
}
