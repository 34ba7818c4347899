using Microsoft.Extensions.Options;

namespace ConcurrentSessions.Web.Telemetry;

/// <summary>
/// Categories of the framework that write secrets at their lower levels. They stay silent there whatever the settings ask for,
/// so that looking for a fault never puts a key into a log (ASVS 16.2.5).
/// </summary>
internal sealed class DiscreetLogs : IPostConfigureOptions<LoggerFilterOptions>
{
    private static readonly (string Category, LogLevel Lowest)[] Talkative =
    [
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning), // addresses with their queries: a reset link works once
        ("Microsoft.AspNetCore.DataProtection", LogLevel.Warning), // the keys themselves, as they are read
        ("Microsoft.AspNetCore.SignalR", LogLevel.Information), // what people type into open pages
    ];

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        var providers = options.Rules.Select(r => r.ProviderName).Append(null).Distinct().ToList();
        foreach (var (category, lowest) in Talkative)
        {
            var raised = providers.Select(p => Raise(Deciding(options, p, category), p, category, lowest, options.MinLevel)).ToList();
            foreach (var finer in options.Rules.Where(r => r.CategoryName?.StartsWith(category, StringComparison.OrdinalIgnoreCase) == true).ToList())
            {
                options.Rules.Remove(finer);
                raised.Add(Raise(finer, finer.ProviderName, finer.CategoryName!, lowest, options.MinLevel));
            }

            raised.ForEach(options.Rules.Add);
        }
    }

    /// <summary>The rule that decides today: of the provider before any, the longest category, the last said.</summary>
    private static LoggerFilterRule? Deciding(LoggerFilterOptions options, string? provider, string category) => options.Rules
        .Where(r => (r.ProviderName is null || r.ProviderName == provider)
            && (r.CategoryName is null || category.StartsWith(r.CategoryName, StringComparison.OrdinalIgnoreCase)))
        .OrderBy(r => r.ProviderName is not null)
        .ThenBy(r => r.CategoryName?.Length ?? 0)
        .LastOrDefault();

    private static LoggerFilterRule Raise(LoggerFilterRule? rule, string? provider, string category, LogLevel lowest, LogLevel otherwise)
    {
        var asked = rule is null ? otherwise : rule.LogLevel ?? LogLevel.Trace;
        return new(provider, category, asked > lowest ? asked : lowest, rule?.Filter);
    }
}
