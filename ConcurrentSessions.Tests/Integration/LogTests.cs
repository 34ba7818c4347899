using System.Globalization;
using System.Text.Json;
using ConcurrentSessions.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Xunit;

namespace ConcurrentSessions.Tests.Integration;

public sealed class LogTests
{
    [Fact]
    public async Task In_production_a_record_is_one_line_of_json_with_its_time_in_UTC()
    {
        await using var portal = new PortalFactory().With("environment", "Production")
            .With("AllowedHosts", "localhost").With("Portal:PublicUrl", "https://localhost");
        var name = portal.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName;
        var formatter = portal.Services.GetServices<ConsoleFormatter>().Single(f => f.Name == name);
        await using var console = new StringWriter();
        formatter.Write(
            new LogEntry<string>(LogLevel.Error, "portal", default, "two\r\nlines\u2028{\"Timestamp\":\"forged\"}", new InvalidOperationException("a\nb"), (state, _) => state),
            new LoggerExternalScopeProvider(), console);

        var line = Assert.Single(console.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var record = JsonSerializer.Deserialize<JsonElement>(line);
        var time = DateTimeOffset.ParseExact(
            record.GetProperty("Timestamp").GetString()!, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.InRange(TimeProvider.System.GetUtcNow() - time, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Assert.Contains("a\nb", record.GetProperty("Exception").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Check", "S26")]
    public async Task An_error_nobody_expected_is_logged_with_where_it_came_from()
    {
        await using var portal = new ListeningPortal();
        await portal.InDatabaseAsync(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE \"SignInFailures\" RENAME TO \"Away\""));
        using var laptop = portal.NewVisitor();
        await laptop.SignInAsync("ada@portal.example");
        Assert.Contains(portal.Logs, r => r.StartsWith("Error", StringComparison.Ordinal)
            && r.Contains("SignInFailures", StringComparison.Ordinal) && r.Contains("   at ", StringComparison.Ordinal));
    }

    [Theory]
    [Trait("Check", "S10")]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning)]
    [InlineData("Microsoft.AspNetCore.DataProtection.EntityFrameworkCore.EntityFrameworkCoreXmlRepository", LogLevel.Warning)]
    [InlineData("Microsoft.AspNetCore.SignalR.Internal.DefaultHubDispatcher", LogLevel.Information)]
    public async Task What_would_write_secrets_stays_silent_whatever_the_settings_ask_for(string category, LogLevel lowest)
    {
        await using var portal = new ListeningPortal();
        portal.With($"Logging:LogLevel:{category}", "Trace").With("Logging:Ear:LogLevel:Default", "Trace").With($"Logging:Ear:LogLevel:{category}", "Trace");
        var logger = portal.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
        Assert.False(logger.IsEnabled(lowest - 1));
        Assert.True(logger.IsEnabled(lowest));
    }

    [Fact]
    public async Task What_the_settings_keep_silent_is_not_made_louder()
    {
        await using var portal = new PortalFactory().With("Logging:LogLevel:Microsoft.AspNetCore", "Critical");
        Assert.False(portal.Services.GetRequiredService<ILoggerFactory>()
            .CreateLogger("Microsoft.AspNetCore.Hosting.Diagnostics").IsEnabled(LogLevel.Error));
    }
}
