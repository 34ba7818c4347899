using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace ConcurrentSessions.Tests.Support;

/// <summary>A portal whose every word is heard: what it logs at its most talkative, and the spans it makes.</summary>
public sealed class ListeningPortal : PortalFactory
{
    private readonly Ear ear = new();
    private readonly ConcurrentQueue<Activity> spans = new();
    private readonly ActivityListener listener;

    public ListeningPortal()
    {
        listener = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        foreach (var category in new[] { "Default", "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Microsoft.AspNetCore.Hosting.Diagnostics" })
        {
            With($"Logging:LogLevel:{category}", "Trace").With($"Logging:{nameof(Ear)}:LogLevel:{category}", "Trace");
        }

        With("Logging:Console:LogLevel:Default", "None");
    }

    public IReadOnlyCollection<string> Logs => ear.Heard;

    /// <summary>All that would leave the process with a span: names, tags, events, status.</summary>
    public IReadOnlyCollection<string> Spans =>
        [.. spans.Select(s => $"{s.OperationName} {s.DisplayName} {s.StatusDescription} {Words(s.TagObjects)} {Words(s.Baggage!)} {string.Join(' ', s.Events.Select(e => e.Name + Words(e.Tags)))}")];

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        base.ConfigureWebHost(builder);
        builder.ConfigureLogging(logging => logging.AddProvider(ear));
    }

    public override async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await base.DisposeAsync();
    }

    private static string Words<T>(IEnumerable<KeyValuePair<string, T>> tags) => string.Join(' ', tags.Select(t => $"{t.Key}={t.Value}"));

    [ProviderAlias(nameof(Ear))]
    private sealed class Ear : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider? scopes;

        public ConcurrentQueue<string> Heard { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Listener(this, categoryName);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => scopes = scopeProvider;

        public void Dispose()
        {
        }

        private sealed class Listener(Ear ear, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => ear.scopes?.Push(state);

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var record = new StringBuilder($"{logLevel} {category}: {formatter(state, exception)} {exception}");
                Append(state, record);
                ear.scopes?.ForEachScope(Append, record);
                ear.Heard.Enqueue(record.ToString());
            }

            private static void Append(object? state, StringBuilder record) => record.Append(' ').Append(
                state is IEnumerable<KeyValuePair<string, object?>> values ? Words(values) : state?.ToString());
        }
    }
}
