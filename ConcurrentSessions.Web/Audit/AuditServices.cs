using ConcurrentSessions.Web.Data;
using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Audit;

public static class AuditServices
{
    /// <summary>The trail, the ledger that proves it, and the worker that signs the ledger's end.</summary>
    public static IServiceCollection AddAuditTrail(this IServiceCollection services)
    {
        services.AddOptions<AuditSettings>().BindConfiguration("Audit").ValidateOnStart();
        services.AddSingleton<IValidateOptions<AuditSettings>, AuditSettingsCheck>();
        services.AddSingleton<CheckpointFile>();
        services.AddSingleton<Ledger>();
        services.AddSingleton<LedgerCheck>();
        services.AddSingleton<AuditExport>();
        services.AddSingleton<IPurge, AuditRetention>();
        services.AddHostedService<CheckpointWriter>();
        return services.AddSingleton<AuditTrail>();
    }
}
