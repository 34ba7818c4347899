using System.Net;
using ConcurrentSessions.Web.Audit;
using ConcurrentSessions.Web.Data;
using ConcurrentSessions.Web.Mail;
using ConcurrentSessions.Web.Sessions;
using ConcurrentSessions.Web.Users;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using Xunit;

namespace ConcurrentSessions.Tests.Support;

/// <summary>
/// One node of the portal, on a database of its own unless it is given one, with a clock the test moves. Its peer is a
/// known proxy, so that a visitor can come from anywhere.
/// </summary>
public class PortalFactory : WebApplicationFactory<Program>
{
    public const string Password = "a long enough password";

    private readonly ThrowAwayDatabase database;
    private readonly bool ownsDatabase;
    private readonly Dictionary<string, string?> settings = [];

    public PortalFactory()
        : this(ThrowAwayDatabase.New(), ownsDatabase: true)
    {
    }

    private PortalFactory(ThrowAwayDatabase database, bool ownsDatabase) => (this.database, this.ownsDatabase) = (database, ownsDatabase);

    /// <summary>Starts now: the cookie jar of a test knows only the real time.</summary>
    public FakeTimeProvider Clock { get; private init; } = new(DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()));

    public string MailFolder => Path.Combine(database.Folder, "mail");

    public ThrowAwayDatabase Database => database;

    /// <summary>Set before the first request.</summary>
    public PortalFactory With(string key, string? value)
    {
        settings[key] = value;
        return this;
    }

    /// <summary>A node on a database that somebody else disposes, after it.</summary>
    public static PortalFactory On(ThrowAwayDatabase database) => new(database, ownsDatabase: false);

    /// <summary>One more node with the same database, settings and, unless it has its own, clock. Dispose it before this one.</summary>
    public PortalFactory AnotherNode(bool withItsOwnClock = false)
    {
        var node = new PortalFactory(database, ownsDatabase: false) { Clock = withItsOwnClock ? new(Clock.GetUtcNow()) : Clock };
        foreach (var (key, value) in settings)
        {
            node.With(key, value);
        }

        return node;
    }

    public Visitor NewVisitor(string? ipAddress = null, string? userAgent = null) => new(this, ipAddress, userAgent);

    public async Task<PortalUser> AddUserAsync(string email, params string[] roles)
    {
        await using var scope = Services.CreateAsyncScope();
        var made = await scope.ServiceProvider.GetRequiredService<Bootstrap>()
            .AddUserAsync(email, Password, roles.Length == 0 ? [Roles.User] : roles, Actor.Operator, CancellationToken.None);
        Assert.True(made.Succeeded, string.Join(' ', made.Errors.Select(e => e.Description)));
        return await UserAsync(email);
    }

    public Task<PortalUser> UserAsync(string email) => InDatabaseAsync(db => db.Users.AsNoTracking().SingleAsync(u => u.Email == email));

    public Task LimitAsync(string role, int? seats, WhenFull whenFull = WhenFull.Ask) =>
        Services.GetRequiredService<RoleLimits>().ChangeAsync(
            role, new SessionSettings().Rules() with { Limit = SessionLimit.Of(seats, whenFull) }, enforceNow: false, Actor.Operator, default);

    public async Task<IReadOnlyList<SessionView>> ActiveSessionsAsync(string email) =>
        await Services.GetRequiredService<SessionList>().ActiveAsync((await UserAsync(email)).Id, default);

    public Task<List<AuditEvent>> AuditAsync(string? name = null) => InDatabaseAsync(db =>
        db.AuditEvents.AsNoTracking().Where(e => name == null || e.Name == name).OrderBy(e => e.Sequence).ToListAsync());

    /// <summary>Every mail promised so far, delivered to the pickup folder.</summary>
    public async Task<IReadOnlyList<MimeMessage>> MailsAsync()
    {
        await Services.GetRequiredService<OutboxSender>().DeliverDueAsync(CancellationToken.None);

        // The portal's own worker may hold one: it is delivered when its row says so.
        while (await InDatabaseAsync(db => db.Outbox.AnyAsync(m => m.SentAt == null && m.FailedAt == null)))
        {
            await Task.Yield();
        }

        return Directory.Exists(MailFolder) ? [.. Directory.GetFiles(MailFolder, "*.eml").Order().Select(f => MimeMessage.Load(f))] : [];
    }

    /// <summary>What was sent so far is of no interest.</summary>
    public async Task ForgetMailsAsync()
    {
        if ((await MailsAsync()).Count > 0)
        {
            Array.ForEach(Directory.GetFiles(MailFolder, "*.eml"), File.Delete);
        }
    }

    /// <summary>Waits for what nobody tells this node and it notices at one of its next looks, a moment of its clock later.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition)
    {
        var asked = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(asked) < TimeSpan.FromSeconds(15), "It was not noticed.");
            Clock.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    public async Task<T> InDatabaseAsync<T>(Func<PortalDbContext, Task<T>> read)
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<PortalDbContext>>().CreateDbContextAsync();
        return await read(db);
    }

    public async Task<T> AsIdentityAsync<T>(Func<UserManager<PortalUser>, Task<T>> act)
    {
        await using var scope = Services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<UserManager<PortalUser>>());
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(settings.GetValueOrDefault("environment") ?? "Development");
        builder.UseSetting("Email:PickupDirectory", MailFolder);
        builder.UseSetting("Locations:Databases:0", TinyMmdb.File);
        builder.UseSetting("Portal:KnownProxies:0", "127.0.0.1");
        builder.UseSetting("Logging:LogLevel:Default", "Error");
        foreach (var noisy in new[] { "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore" })
        {
            builder.UseSetting($"Logging:LogLevel:{noisy}", "Critical");
        }

        foreach (var (key, value) in database.Settings.Concat(settings))
        {
            builder.UseSetting(key, value);
        }

        builder.ConfigureServices(services =>
        {
            services.Replace(ServiceDescriptor.Singleton<TimeProvider>(Clock));
            services.AddSingleton<IStartupFilter, LoopbackPeer>();

            // The same code does less of the same work: hashing would be most of every test's time.
            services.Configure<PasswordHasherOptions>(o => o.IterationCount = 1000);
        });
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (ownsDatabase)
        {
            database.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    // The in-memory server has no peer address; everything else about the network is the portal's own.
    private sealed class LoopbackPeer : IStartupFilter
    {
        public Action<Microsoft.AspNetCore.Builder.IApplicationBuilder> Configure(Action<Microsoft.AspNetCore.Builder.IApplicationBuilder> next) => app =>
        {
            Microsoft.AspNetCore.Builder.UseExtensions.Use(app, (context, inner) =>
            {
                context.Connection.RemoteIpAddress ??= IPAddress.Loopback;
                return inner(context);
            });
            next(app);
        };
    }
}
