using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Hosting;
using ConcurrentSessions.Web.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace ConcurrentSessions.Tests.Support;

/// <summary>The portal's mail slice alone: a database of its own, a clock the test moves, and no worker unless the test is one.</summary>
public sealed class MailDesk : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("portal-mail-");
    private readonly ServiceProvider services;

    private MailDesk(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Database:Provider", "Sqlite"),
            new("ConnectionStrings:Portal", $"Data Source={folder.FullName}/portal.db;Pooling=False"),
            new("Email:PickupDirectory", PickupFolder),
            .. settings,
        ]).Build();
        services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging(logging => logging.ClearProviders())
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton(new PublicLinks(Options.Create(new PortalOptions { PublicUrl = "https://portal.example" })))
            .AddPortalDatabase(configuration)
            .AddMailOutbox()
            .BuildServiceProvider();
    }

    public FakeTimeProvider Clock { get; } = new(new(2026, 3, 1, 10, 0, 0, TimeSpan.Zero));

    public string PickupFolder => Path.Combine(folder.FullName, "mail");

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public OutboxSender Sender => services.GetRequiredService<OutboxSender>();

    public AccountMails AccountMails => services.GetRequiredService<AccountMails>();

    public static Task<MailDesk> WithPickupAsync() => OpenAsync([]);

    public static Task<MailDesk> WithServerAsync(SmtpPeer peer, string security = "None", string userName = "", string password = "") => OpenAsync(
    [
        new("Email:Host", "127.0.0.1"), new("Email:Port", $"{peer.Port}"), new("Email:Security", security),
        new("Email:UserName", userName), new("Email:Password", password), new("Email:From", "Portal <no-reply@portal.example>"),
    ]);

    /// <summary>The section Email as the portal reads it, with these settings and defaults for the rest.</summary>
    public static EmailOptions OptionsFrom(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Key, s => (string?)s.Value)).Build())
        .AddMailOutbox()
        .BuildServiceProvider()
        .GetRequiredService<IOptions<EmailOptions>>().Value;

    public async Task<Guid> PromiseAsync(string to = "ada@example.com", string subject = "Hello", TimeSpan? validFor = null)
    {
        var id = Guid.NewGuid();
        await using var db = await OpenDatabaseAsync();
        var now = Clock.GetUtcNow();
        db.Outbox.Add(OutboxMessage.Of(id, "greeting", to, new(subject, "Good day.\n", "<p>Good day.</p>"), "user-1", now, validFor));
        await db.SaveChangesAsync();
        return id;
    }

    public async Task<OutboxMessage> RowAsync(Guid id)
    {
        await using var db = await OpenDatabaseAsync();
        return await db.Outbox.SingleAsync(m => m.Id == id);
    }

    public async Task<IReadOnlyList<OutboxMessage>> RowsAsync()
    {
        await using var db = await OpenDatabaseAsync();
        return await db.Outbox.OrderBy(m => m.CreatedAt).ToListAsync();
    }

    public async Task<IReadOnlyList<AuditEvent>> AuditAsync()
    {
        await using var db = await OpenDatabaseAsync();
        return await db.AuditEvents.OrderBy(e => e.Sequence).ToListAsync();
    }

    /// <summary>The sender of another node on the same database.</summary>
    public OutboxSender AnotherSender() => ActivatorUtilities.CreateInstance<OutboxSender>(services);

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private Task<PortalDbContext> OpenDatabaseAsync() =>
        services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();

    private static async Task<MailDesk> OpenAsync(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var desk = new MailDesk(settings);
        await using var db = await desk.OpenDatabaseAsync();
        await db.Database.EnsureCreatedAsync();
        return desk;
    }
}
